"""The two real posting sets, carried over unchanged."""

from . import files

SETS = (
    "postings_nyc/nyc_jobs_2019.csv",
    "postings_usajobs/usajobs_2025.csv",
    "postings_usajobs/usajobs_agencies_2024_2025.csv",
)


def build(raw, out):
    """Writes each set as a gzip member of the very bytes of the source."""
    for name in SETS:
        source = raw / name
        files.write(out / f"{source.name}.gz", source.read_bytes())
