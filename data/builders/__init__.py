"""The steps of data/build.py, one module per set."""
