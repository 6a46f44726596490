"""The table of fields on the performance page, from what ``qvarray bench --only field_`` finds."""

import csv
import json
import sys
from pathlib import Path

PEERS = ("SZ3", "SPERR", "zfpy")
TABLE = Path(__file__).parent / "fields.csv"


def rows(figures):
    """A line for each field and error: bytes of the files, and times to write them."""
    for job in figures:
        names = ("qvarray", *PEERS)
        sizes = [f"{job['nbytes'][n] / 1000:.1f}" if n in job["nbytes"] else "" for n in names]
        times = [f"{1e3 * job['seconds'][n]:.1f}" if n in job["seconds"] else "" for n in names]
        _, field, tol = job["name"].split("_")
        yield [field, tol, *sizes, *times]


def write(source):
    """Write the table from a file that ``--json`` names."""
    figures = json.loads(Path(source).read_text(encoding="utf-8"))["figures"]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows(figures))


if __name__ == "__main__":
    write(sys.argv[1])
