"""The committed history as figures: what `history.py` measured, read without asv.

`latest` gives each benchmark's newest figure, `history` one for each commit that has it. Both take
a regular expression, searched for in ``module.Class.function(parameters)`` as asv writes it, for
example ``elements.Binary.time_call('qvarray', 'add', (20, 131072))``, and return a list of
`Figure`, in the order of benchmarks, parameters and commits. What was not measured, was not
possible at a commit, or was measured with another version of the benchmark, is left out.

    python figures.py "kernels.Merge.*1000000"

prints the newest figures.
"""

import ast
import itertools
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results"


class Figure(NamedTuple):
    """The median of one benchmark with one choice of parameters, at one commit."""

    benchmark: str  #: ``module.Class.function``
    parameters: dict[str, Any]  #: name to value (a number, string or tuple), without ``subject``
    subject: str  #: ``qvarray``, or the peer; empty where the benchmark names none
    median: float
    unit: str  #: ``seconds``, ``bytes``, or what the benchmark says
    commit: str  #: the first eight digits
    date: datetime  #: when the commit was written


def latest(pattern: str = "", results: Path = RESULTS) -> list[Figure]:
    """The newest figure of each benchmark and parameters that `pattern` is found in."""
    return list(dict(_figures(pattern, results)).values())


def history(pattern: str = "", results: Path = RESULTS) -> list[Figure]:
    """All figures of the benchmarks and parameters that `pattern` is found in, oldest first."""
    lines: dict[str, list[Figure]] = {}
    for label, figure in _figures(pattern, results):
        lines.setdefault(label, []).append(figure)
    return [figure for line in lines.values() for figure in line]


def _figures(pattern: str, results: Path) -> Iterator[tuple[str, Figure]]:
    """Labels and figures of all commits, oldest first, in the order of the benchmarks."""
    benchmarks = json.loads((results / "benchmarks.json").read_text())
    files = [json.loads(p.read_text()) for p in results.glob("*/*.json") if p.stem != "machine"]
    files.sort(key=lambda file: (file["date"], file["commit_hash"]))
    for name, benchmark in benchmarks.items():
        if name == "version":
            continue
        for file in files:
            row = dict(zip(file["result_columns"], file["results"].get(name, ()), strict=False))
            if row.get("version") != benchmark["version"]:
                continue
            choices = itertools.product(*row["params"])
            for choice, median in zip(choices, row["result"] or (), strict=False):
                label = f"{name}({', '.join(choice)})"
                if median is None or not isfinite(median) or not re.search(pattern, label):
                    continue
                values = map(_value, choice)
                parameters = dict(zip(benchmark["param_names"], values, strict=True))
                subject = parameters.pop("subject", "")
                date = datetime.fromtimestamp(file["date"] / 1000, UTC)
                commit = file["commit_hash"][:8]
                yield (
                    label,
                    Figure(name, parameters, subject, median, benchmark["unit"], commit, date),
                )


def _value(text: str) -> Any:
    """The value of a parameter, which asv keeps as its ``repr``."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def main() -> None:
    for figure in latest(*sys.argv[1:2]):
        parameters = ", ".join(f"{name}={value}" for name, value in figure.parameters.items())
        print(
            f"{figure.median:.3g} {figure.unit}  {figure.benchmark}({parameters})  "
            f"{figure.subject}  {figure.commit}"
        )


if __name__ == "__main__":
    main()
