"""Write the table of what stays virtual in other libraries: ``python docs/ecosystem_table.py``.

It is committed, since it takes those libraries and some minutes. Libraries that are not installed
keep their lines.
"""

import csv
import sys
from pathlib import Path

from generated import cells, replace
from trials import OUTCOMES, TRIALS, Trial, outcomes

__all__ = ["COMMITTED", "committed", "row", "write"]

COMMITTED = Path(__file__).parent / "guide" / "libraries.csv"


def row(trial: Trial) -> list[str]:
    """Return the line of a library: its operations, how many stay virtual, and which do not.

    Those that are virtual are the rule: they are counted, and all others named.
    """
    found = outcomes(trial)
    names = {kind: [name for name in found if found[name] == kind] for kind in OUTCOMES}
    shown = [", ".join(names[kind]) for kind in OUTCOMES[1:]]
    return [
        trial.library,
        str(len(found)),
        *(str(len(names[kind])) for kind in OUTCOMES),
        *shown,
    ]


def committed() -> dict[str, list[str]]:
    """Return the lines of the table that is there, by library."""
    if not COMMITTED.exists():
        return {}
    with COMMITTED.open(encoding="utf-8", newline="") as file:
        return {line[0]: line for line in csv.reader(file)}


def write(names: list[str]) -> None:
    """Run the operations of some libraries, of all by default, and write their lines."""
    lines = committed()
    for trial in TRIALS:
        if trial.is_installed and (not names or trial.library.split(",")[0] in names):
            lines[trial.library] = row(trial)
            print(lines[trial.library], flush=True)
    known = [trial.library for trial in TRIALS if trial.library in lines]
    replace(COMMITTED, [cells(*lines[name]) for name in known])


if __name__ == "__main__":
    write(sys.argv[1:])
