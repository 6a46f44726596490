"""Measures commits with the chosen benchmarks, and adds them to the committed results.

    python history.py HEAD v0.1 3f2a1bc
    python history.py --ours 3f2a1bc

The benchmarks chosen are those that say something at every commit: one or two sizes of each kind
of work. Each is measured beside its peers; with ``--ours`` without them, which is enough between
two commits that have them, since no commit of ours changes a peer. asv and virtualenv have to be
installed. The environment is the one that `history.conf.json` pins, on the first CPU that this
process may use: pin it with ``taskset -c 1 python history.py ...``.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
from math import isfinite
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
MACHINE = {
    "machine": "linux-x86-2core",
    "os": "Linux",
    "arch": "x86_64",
    "cpu": "AMD EPYC",
    "num_cpu": "2",
    "ram": "24 GiB",
}

#: Searched for in ``module.Class.function(parameters)``. ALL is us and the peers, SUBJECT is all
#: but sparse, which compiles for seconds in each process; both are us alone with ``--ours``.
CHOSEN = (
    r"^startup\.FreshProcess\.timeraw_import\(ALL",
    r"^startup\.FreshProcess\.timeraw_first_result\(SUBJECT",
    r"^elements\.Binary\.time_call\(ALL, 'add', \(20,",
    r"^elements\.Binary\.time_call\(SUBJECT, 'multiply', \(20,",
    r"^elements\.Binary\.time_call\((?!'numpy)SUBJECT, 'add', \(10+,",
    r"^elements\.Binary\.peakmem_call\((?!'numpy)SUBJECT, 'add', \(1000000,",
    r"^elements\.Reduction\.time_call\(ALL, 'sum', 0, \(4096,",
    r"^elements\.Reduction\.time_call\(SUBJECT, 'sum', (1|None), \(4096,",
    r"^elements\.Read\.time_call\(SUBJECT, '(5|3:40)', 131072",
    r"^elements\.FromCoordinates\.time_call\(SUBJECT, 1000000",
    r"^kernels\.Merge\.time_call\((?!'numpy', 'union', 1000000)SUBJECT, 'union'",
    r"^kernels\.(Walsh|Haar)Transform\.time_call\(SUBJECT, 1048576",
    r"^manipulation\.Part\.time_call\(SUBJECT, '(fancy|transpose|concatenate)'",
    r"^manipulation\.Product\.time_call\(SUBJECT, 'matrix'",
    r"^manipulation\.Element\.time_call\((?!'scipy')SUBJECT, 'write'",
    r"^manipulation\.Huge\.time_call\(SUBJECT, '(sort|median|argmax|assign)'",
    r"^bases\.Basis\.time_call\(SUBJECT, '(element|inner)', 'walsh'",
    r"^bases\.Basis\.time_call\(SUBJECT, 'page', 'haar'",
    r"^spectral\.Encode\.time_call\(SUBJECT, '(walsh|auto)'",
    r"^expressions\.Reduced\.(time|peakmem)_call\((?!'(dask|blosc2))SUBJECT, 'exp_sum', 4194304",
    r"^operators\.Product\.time_call\(SUBJECT, 'walsh', 4096",
    r"^operators\.Evolution\.time_call\(SUBJECT, '(apply|reverse)', 'project', 131072",
    r"^operators\.Heat\.time_call\(SUBJECT, 'expm'",
    r"^gates\.Gate\.time_call\(SUBJECT, '(cx|h)', 'all'",
)
#: Few samples: a line is read over many commits.
ATTRIBUTES = ("rounds=1", "repeat=7", "warmup_time=0.05")


def run(commits: list[str], ours: bool) -> None:
    """Measure the commits, each installed in turn in one environment."""
    asv = [sys.executable, "-m", "asv"]
    options = [option for name, value in MACHINE.items() for option in (f"--{name}", value)]
    subprocess.run([*asv, "machine", *options], cwd=HERE, check=True)
    resolve = ["git", "rev-parse", "--verify"]
    hashes = [
        subprocess.check_output([*resolve, f"{name}^{{commit}}"], cwd=HERE, text=True)
        for name in commits
    ]
    everyone = "'qvarray'" if ours else r"'\w+'"
    subject = f"(?!'sparse'){everyone}"
    command = [*asv, "run", "--config", "history.conf.json", "--machine", MACHINE["machine"]]
    for pattern in CHOSEN:
        command += ["--bench", pattern.replace("SUBJECT", subject).replace("ALL", everyone)]
    for attribute in ATTRIBUTES:
        command += ["--attribute", attribute]
    done = subprocess.run(
        [*command, "HASHFILE:-"],
        cwd=HERE,
        env=os.environ | {"QVARRAY_BENCHMARKS": "past"},
        input="".join(hashes),
        text=True,
    )
    # asv says 2 where a benchmark failed, as some must at commits that lack what it calls.
    if done.returncode not in (0, 2):
        sys.exit(done.returncode)


def tidy() -> None:
    """Drop from the results, and from the list of benchmarks, what was never measured."""
    index = RESULTS / "benchmarks.json"
    benchmarks = json.loads(index.read_text())
    measured: dict[str, list[set[str]]] = {}
    for path in sorted(RESULTS.glob("*/*.json")):
        if path.stem == "machine":
            continue
        result = json.loads(path.read_text())
        columns = result["result_columns"]
        kept = {}
        for name, values in result["results"].items():
            row = _without_gaps(dict(zip(columns, values, strict=False)))
            if name in benchmarks and row is not None:
                seen = measured.setdefault(name, [set() for _ in row["params"]])
                for names, used in zip(seen, row["params"], strict=True):
                    names.update(used)
                kept[name] = [row.get(column) for column in columns[: len(values)]]
        result["results"] = kept
        path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    kept = {name: benchmark for name, benchmark in benchmarks.items() if name in measured}
    for name, benchmark in kept.items():
        benchmark["params"] = [
            [value for value in values if value in used]
            for values, used in zip(benchmark["params"], measured[name], strict=True)
        ]
    kept["version"] = benchmarks["version"]
    index.write_text(json.dumps(kept, indent=1) + "\n")


def _without_gaps(row: dict[str, Any]) -> dict[str, Any] | None:
    """A benchmark's results for the values of parameters that were measured; None if none was."""
    choices = list(itertools.product(*row["params"]))
    results = row["result"] or [None] * len(choices)
    found = [
        choice
        for choice, value in zip(choices, results, strict=True)
        if value is not None and isfinite(value)
    ]
    if not found:
        return None
    params = [
        [value for value in values if any(choice[axis] == value for choice in found)]
        for axis, values in enumerate(row["params"])
    ]
    places = [choices.index(choice) for choice in itertools.product(*params)]
    out = row | {"params": params}
    for column, value in row.items():
        if isinstance(value, list) and column != "params":
            out[column] = [value[place] for place in places]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commits", nargs="*", help="what git can resolve; none: only tidy up")
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    arguments = parser.parse_args()
    if arguments.commits:
        run(arguments.commits, arguments.ours)
    tidy()


if __name__ == "__main__":
    main()
