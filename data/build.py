#!/usr/bin/env python3
"""Rebuilds the bundled data from a folder of raw sets: `python3 data/build.py RAW`.

Needs nothing but the standard library (Python 3.11 or newer) and gives the same bytes every time.
Written by hand, and therefore never rebuilt: industries/industries.csv, skills/skills.csv, and in
roles/ the files digital.toml, aliases.csv, backend-developer.json and backend-developer.guide.toml.
Each folder's SOURCE.md says where its raw set comes from.
"""

import pathlib
import sys

from builders import currency, geo, postings, roles


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    raw, data = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).resolve().parent
    currency.build(raw, data / "currency")
    geo.build(raw, data / "geo")
    roles.build(raw, data)
    postings.build(raw, data / "postings")


if __name__ == "__main__":
    main()
