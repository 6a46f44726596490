"""`qvarray bench`: what it prints and writes, and what it says of peers and arguments."""

import json

import numpy as np
import pytest

from qvarray.__main__ import main
from qvarray.tools import bench
from qvarray.tools.bench import peers, timing

TINY = ["bench", "--seconds", "0.01", "--only"]


def entry(value, nbytes=8):
    return timing.Entry(lambda: np.full(3, value), nbytes)


def job(**entries):
    return timing.Job("one", "a job", lambda rng, modules: dict(entries))


def test_a_table_of_ratios_to_each_peer(capsys):
    assert main([*TINY, "^add_20$"]) == 0
    said = capsys.readouterr().out
    assert "x + y, 20 entries of 2**17" in said
    assert "time / ours" in said
    for library in ("qvarray", "numpy", "scipy"):
        assert library in said
    assert "not counted" in said


def test_figures_are_written(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(bench, "installed", lambda: {"numpy": np})
    file = tmp_path / "figures.json"
    assert main([*TINY, "^element$", "--compare", "peers", "--json", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    (figures,) = json.loads(file.read_text())["figures"]
    assert figures["name"] == "element"
    for peer, ratios in figures["ratios"].items():
        seconds = figures["seconds"]
        assert ratios["time"] == seconds[peer] / seconds["qvarray"] > 0
        assert ratios["bytes"] >= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "no such job"], "no job has"),
        (["--only", "("], "not a regular expression"),
        (["--seconds", "0"], "positive and finite"),
        (["--seconds", "nan"], "positive and finite"),
        (["--seconds", "inf"], "positive and finite"),
        (["--seconds", "soon"], "not a number of seconds"),
        (["--compare", "nothing"], "invalid choice"),
    ],
)
def test_arguments_that_make_no_sense(arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["bench", *arguments])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), float("inf")])
def test_seconds_are_positive(seconds):
    with pytest.raises(ValueError, match="positive and finite"):
        bench.compare("add_20", seconds)


def test_a_file_that_cannot_be_written_is_said_before_anything_is_measured(tmp_path, capsys):
    assert main([*TINY, "add_20", "--json", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert str(tmp_path) in told.err
    assert not told.out


def test_missing_peers_are_named(monkeypatch, capsys):
    modules = {name: module for name, module in peers.installed().items() if name == "numpy"}
    monkeypatch.setattr(bench, "installed", lambda: modules)
    assert main([*TINY, "^(add_20|encode)$"]) == 0
    said = capsys.readouterr().out
    assert "zfpy" in said.splitlines()[-1]
    assert 'pip install "qvarray[bench]"' in said
    assert "No peer for: encode" in said


def test_no_peer_at_all(monkeypatch, capsys):
    monkeypatch.setattr(bench, "installed", dict)
    assert main([*TINY, "^encode$"]) == 1
    assert "no peer is installed" in capsys.readouterr().err


def test_another_answer_is_an_error(monkeypatch, capsys):
    wrong = job(qvarray=entry(1.0), right=entry(1.0), wrong=entry(2.0))
    monkeypatch.setattr(bench, "JOBS", (wrong,))
    assert main([*TINY, "one"]) == 1
    told = capsys.readouterr()
    assert "one: wrong: its answer differs from that of qvarray" in told.err
    assert "right" in told.out
    assert "wrong" not in told.out


def test_answers_of_another_shape_and_failures_are_errors():
    def fails():
        raise OSError("no disk")

    long = timing.Entry(lambda: np.zeros(4), 8)
    found = timing.contest(job(qvarray=entry(0.0), long=long, bad=timing.Entry(fails, 8)), {}, 0.01)
    assert "the shape (4,)" in found.errors["long"]
    assert "OSError: no disk" in found.errors["bad"]
    assert list(found.seconds) == ["qvarray"]
    assert found.rounds >= 3


def test_not_a_number_does_not_agree():
    found = timing.contest(job(qvarray=entry(1.0), nan=entry(np.nan)), {}, 0.01)
    assert "differs" in found.errors["nan"]


def test_ratios_below_one_are_shown_as_they_are():
    figures = timing.Figures(
        "one", "a job", {"qvarray": 2.0, "numpy": 1.0}, {"qvarray": 8, "numpy": 4}, 0.0, 3, {}
    )
    assert list(figures.ratios()) == [("numpy", 0.5, 0.5)]
    found = bench.Comparison(bench.environment(), [figures], [], [], 0.0, 1.0)
    assert "0.5" in bench.as_text(found)


@pytest.mark.parametrize(("theirs", "count"), [(1.0, 1), (1.96, 0), (4.0, 0)])
def test_why_a_peer_is_faster_is_told(theirs, count):
    seconds, nbytes = {"qvarray": 2.0, "numpy": theirs}, {"qvarray": 8, "numpy": 4}
    figures = timing.Figures("one", "a job", seconds, nbytes, 0.0, 3, {}, "It knows the answer.")
    alone = timing.Figures("two", "lost", {"qvarray": 2.0}, {"qvarray": 8}, 0.0, 3, {})
    found = bench.Comparison(bench.environment(), [figures, alone], [], [], 0.0, 1.0)
    text = bench.as_text(found)
    assert f"in {count} of 2 jobs" in text
    assert ("a job: numpy, in 0.5 of our time. It knows the answer." in text) == bool(count)


def test_names_of_jobs_are_unique():
    names = [one.name for one in bench.JOBS]
    assert len(set(names)) == len(names) > 15
