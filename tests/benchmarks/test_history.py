"""The committed history of the benchmarks, as the documentation reads it."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "asv_benchmarks"


def _load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures, history = _load("figures"), _load("history")
NAMES = ["'qvarray'", "'numpy'"]
COLUMNS = ["result", "params", "version", "started_at", "stats_q_25"]


@pytest.fixture
def results(tmp_path):
    """Two commits: three sizes, of which one was measured, and a benchmark that never ran."""
    benchmark: dict[str, Any] = {"version": "1", "unit": "seconds", "param_names": ["subject", "k"]}
    benchmark["params"] = [NAMES, ["10", "(2, 3)", "30"]]
    index = {"a.B.time_call": benchmark, "a.C.time_call": benchmark, "version": 2}
    (tmp_path / "benchmarks.json").write_text(json.dumps(index))
    machine = tmp_path / "machine"
    machine.mkdir()
    (machine / "machine.json").write_text("{}")
    for number, version in enumerate("112"):
        values = [None, number + 1.0, float("nan"), None, number + 2.0, None]
        row = [values, benchmark["params"], version, 5, [None if v is None else v for v in values]]
        never = [None, benchmark["params"], version]
        result = {"commit_hash": f"{number}" * 40, "date": 1000 * number, "result_columns": COLUMNS}
        result["results"] = {"a.B.time_call": row, "a.C.time_call": never}
        (machine / f"{number}.json").write_text(json.dumps(result))
    return tmp_path


@pytest.mark.parametrize("tidied", [False, True])
def test_what_was_measured_is_read(results, monkeypatch, tidied):
    if tidied:
        monkeypatch.setattr(history, "RESULTS", results)
        history.tidy()
        assert list(json.loads((results / "benchmarks.json").read_text())) == [
            "a.B.time_call",
            "version",
        ]
    found = figures.history("qvarray", results)
    assert [(row.median, row.commit) for row in found] == [(1.0, "0" * 8), (2.0, "1" * 8)]
    newest = figures.latest("", results)
    assert [(row.subject, row.median) for row in newest] == [
        ("qvarray", 2.0),
        ("numpy", 3.0),
    ]
    assert newest[0].parameters == {"k": (2, 3)}
    assert newest[0].unit == "seconds"
    assert newest[0].date.timestamp() == 1.0


# PKG-INFO is in a source distribution only, and the results are in the repository only.
@pytest.mark.skipif((FOLDER.parent / "PKG-INFO").exists(), reason="an sdist has no results")
def test_the_committed_history_spans_commits_and_has_peers():
    found = figures.history(r"elements\.Binary\.time_call\(.*'add', \(20, ")
    assert len({row.commit for row in found if row.subject == "qvarray"}) >= 12
    assert {row.subject for row in found} >= {"qvarray", "numpy", "sparse", "scipy"}
    assert sum(path.stat().st_size for path in figures.RESULTS.rglob("*.json")) < 2e6
