"""Reading raw sets and writing bundled ones, byte for byte the same on every machine."""

import csv
import gzip
import io
import json


def rows(path):
    """The rows of a CSV file as dictionaries; every cell is text, and "NA" stays Namibia."""
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def csv_bytes(header, records):
    """CSV with LF line ends, quoted only where needed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(records)
    return out.getvalue().encode("utf-8")


def json_bytes(value):
    """Compact JSON with the keys in the order they were put in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def write(path, content):
    """Writes plain bytes, or a gzip member without name and time when the path ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as member:
            member.write(content)
        content = packed.getvalue()
    path.write_bytes(content)
    print(f"{path.name}: {len(content):,} bytes")
