"""The memory report: its measures, its reference, its files, its command line."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray import __main__ as command
from qvarray.tools import report
from qvarray.tools.report import (
    compression,
    files,
    measure,
    page,
    picture,
    recovery,
    reference,
    results,
    signals,
    verdicts,
)

TABLE = {3: 2.0, 1: 0.12709036, 2: 0.12456536, 63: -0.10354713} | dict.fromkeys(
    (4, 0, 6, *range(17, 30)), 0.09837522
)

FILES = ["report.json", "report.md", "report.png"]


@pytest.fixture
def quick(monkeypatch):
    """Measure without repeating, on the smallest dataset."""
    monkeypatch.setattr(measure, "_BATCH_SECONDS", 1e-6)
    monkeypatch.setattr(report, "datasets", lambda: compression.datasets()[:1])


@pytest.fixture
def never_measures(monkeypatch):
    def fail(*_):
        raise AssertionError("measured, though it cannot be written")

    monkeypatch.setattr(report, "measure_size", fail)


def run_cli(*arguments):
    return command.main(["report", *map(str, arguments)])


# -- the reference in plain Python ----------------------------------------------------------


def eigenvalues_of(n):
    return {index: value for index, value in TABLE.items() if index < n}


def test_the_operator_has_the_published_eigenvalues():
    operator = qv.gates.and_or_operator(2**20)
    found = dict(zip(operator.active_indices.tolist(), operator.eigenvalues.tolist(), strict=True))
    assert found == TABLE


@pytest.mark.parametrize("mode", recovery.MODES)
@pytest.mark.parametrize("name", list(signals.SIGNALS))
@pytest.mark.parametrize("n", [1, 2, 5, 20, 64, 100, 1024])
def test_qvarray_agrees_with_the_reference(n, name, mode):
    x = signals.make_signal(name, n, seed=n)
    y = qv.apply_evolving_and_or(x.input, mode=mode)
    expected = reference.apply(x.plain, eigenvalues_of(n), mode)
    elements = np.array([expected.element(i) for i in range(n)])
    np.testing.assert_allclose(y.todense(), elements, rtol=0, atol=1e-13)
    back = reference.reverse(expected)
    recovered = [back.element(i) for i in range(n)]
    np.testing.assert_allclose(
        qv.reverse_evolving_and_or(y).todense(), recovered, rtol=0, atol=1e-13
    )


@settings(max_examples=50, deadline=None)
@given(
    st.integers(32, 2**62),
    st.dictionaries(st.integers(0, 31), st.floats(-1e6, 1e6), min_size=1, max_size=6),
    st.sampled_from(recovery.MODES),
    st.integers(0, 2**64),
)
def test_qvarray_agrees_with_the_reference_at_any_size(n, terms, mode, where):
    x = reference.Oscillations(n, terms)
    y = qv.apply_evolving_and_or(signals.as_virtual(x), mode=mode)
    expected = reference.apply(x, eigenvalues_of(n), mode)
    scale = math.fsum(map(abs, terms.values())) / math.sqrt(n)
    for position in (0, 3, 20, where % n, n - 1):
        assert abs(complex(y[position]) - expected.element(position)) <= 1e-13 * scale


def test_a_reference_vector_is_the_same_as_a_virtual_one():
    terms = {5: 1.5, 2: -0.25}
    n = 64
    for vector in (reference.Oscillations(n, terms), reference.Coordinates(n, terms)):
        elements = [vector.element(i) for i in range(n)]
        np.testing.assert_allclose(signals.as_virtual(vector).todense(), elements, atol=1e-15)
    samples = reference.Samples([1.0, -0.0, 3.0])
    assert samples.n == 3
    assert signals.as_virtual(samples).todense().tolist() == [1.0, 0.0, 3.0]


def test_the_reference_counts_its_dictionaries_and_numbers():
    terms = {1: 0.5, 2: 0.25}
    expected = sys.getsizeof(terms) + 2 * (sys.getsizeof(1) + sys.getsizeof(0.5))
    assert reference.Coordinates(9, terms).stored_bytes() == expected
    assert reference.Evolved("unitary", terms, reference.Coordinates(9, terms)).stored_bytes() == (
        2 * expected
    )
    assert reference.Samples([0.5, 0.25]).stored_bytes() == sys.getsizeof([0.0, 0.0]) + 48


# -- signals --------------------------------------------------------------------------------


def test_a_wave_is_the_same_at_every_size_and_seed():
    small, large = (signals.make_signal("wave", n, seed=3) for n in (64, 2**40))
    assert list(small.plain.terms) == list(large.plain.terms)
    again = signals.make_signal("wave", 64, seed=3)
    assert again.plain == small.plain
    assert signals.make_signal("wave", 64, seed=4).plain != small.plain
    # Elements are of the same magnitude at every size.
    assert abs(large.input[0] - small.input[0]) < 1.0


def test_noise_is_refused_where_it_does_not_fit():
    with qv.options(memory_budget=1000), pytest.raises(MemoryError, match="1000 elements"):
        signals.make_signal("noise", 1000)


def test_an_unknown_signal_is_named():
    with pytest.raises(ValueError, match="'square'"):
        signals.make_signal("square", 64)


# -- recovery -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["residual", "unitary"])
@pytest.mark.parametrize("name", list(signals.SIGNALS))
def test_recovery_is_exact(quick, name, mode):
    row = recovery.measure_size(signals.make_signal(name, 256), mode, 1)
    for figures in (row.python_virtual, row.numba_virtual):
        assert figures.recovery == recovery.Recovery(0.0, 0.0, 0.0)
    assert row.traditional.recovery.relative_l2_error < 1e-15
    assert row.disagreement < 1e-13


@pytest.mark.parametrize("name", list(signals.SIGNALS))
def test_projection_loses_the_inactive_elements(quick, name):
    x = signals.make_signal(name, 128)
    dense = x.elements
    dropped = np.delete(dense, list(TABLE))
    row = recovery.measure_size(x, "project", 1)
    for figures in (row.traditional, row.python_virtual, row.numba_virtual):
        found = figures.recovery
        expected = np.linalg.norm(dropped) / np.linalg.norm(dense)
        assert found.relative_l2_error == pytest.approx(expected)
        assert found.max_absolute_error == pytest.approx(np.abs(dropped).max())
        assert found.mean_absolute_error == pytest.approx(np.abs(dropped).sum() / 128)
        assert not found.max_is_bound


@pytest.mark.parametrize("mode", recovery.MODES)
@pytest.mark.parametrize("name", ["wave", "sparse"])
def test_errors_without_elements_agree_with_those_from_elements(quick, name, mode):
    x = signals.make_signal(name, 512)
    seen = recovery.measure_size(x, mode, 1).numba_virtual.recovery
    with qv.options(memory_budget=10_000):
        row = recovery.measure_size(x, mode, 1)
    assert row.traditional.time_s is None
    assert row.traditional.recovery is None
    assert row.traditional_preallocated_time_s is None
    assert row.read_all_time_s is None
    for figures in (row.python_virtual, row.numba_virtual):
        found = figures.recovery
        assert found.relative_l2_error == pytest.approx(seen.relative_l2_error, abs=1e-12)
        if found.max_is_bound:
            assert found.max_absolute_error >= seen.max_absolute_error
        else:
            assert found.max_absolute_error == seen.max_absolute_error


def test_stored_bytes_at_the_target_size(quick):
    row = recovery.measure_size(signals.make_signal("wave", 131072), "project", 1)
    assert row.numba_virtual.stored_bytes <= 400
    assert row.traditional.stored_bytes == 2**20
    assert row.stored_factor > 2600
    assert row.numba_virtual.peak_bytes is not None
    assert row.numba_virtual.peak_bytes < 10_000


@pytest.mark.parametrize(
    ("mode", "stored", "peak"), [("project", 8, 16), ("residual", 16, 24), ("unitary", 16, 32)]
)
def test_what_the_traditional_way_needs_is_what_it_allocates(quick, mode, stored, peak):
    n = 2**16
    x = signals.make_signal("wave", n)
    row = recovery.measure_size(x, mode, 1)
    assert row.traditional.stored_bytes == stored * n
    assert row.traditional_needed_bytes == peak * n
    assert peak * n <= row.traditional.peak_bytes <= peak * n + 2000


@pytest.mark.parametrize("mode", recovery.MODES)
def test_the_traditional_ways_compute_the_transformation(mode):
    rng = np.random.default_rng(1)
    x = rng.standard_normal(100)
    way = recovery.Traditional(x, eigenvalues_of(100), mode)
    stored, recovered = way.round_trip()
    y = qv.apply_evolving_and_or(x, mode=mode)
    np.testing.assert_allclose(stored[0], y.todense(), rtol=1e-15)
    np.testing.assert_allclose(recovered, qv.reverse_evolving_and_or(y).todense(), atol=1e-15)
    assert way.preallocated()() is None


# -- real data ------------------------------------------------------------------------------


def test_datasets_fit_every_basis():
    shapes = {data.name: data.values.shape for data in compression.datasets()}
    assert shapes == {"ecg": (1024,), "camera": (512, 512), "elevation": (256, 256)}
    assert all(data.values.dtype == np.float64 for data in compression.datasets())


def test_encodings_keep_their_tolerance():
    (data,) = compression.datasets()[:1]
    found = list(compression.encodings(data))
    assert len(found) == len(compression.BASES) * len(compression.TOLERANCES)
    for e in found:
        assert e.relative_l2_error <= e.tolerance
        assert e.promised_error <= e.tolerance
        assert e.factor == e.dense_bytes / e.stored_bytes
    best = compression.best([e for e in found if e.tolerance == 0.1])
    assert best.basis == "packed"
    assert best.file_bytes is not None
    assert best.file_bytes > 0
    (auto,) = (e for e in found if e.basis == "auto" and e.tolerance == 0.1)
    assert auto.chosen not in compression.BASES
    whole = [
        e.stored_bytes for e in found if e.basis not in ("auto", "packed") and e.tolerance == 0.1
    ]
    assert auto.stored_bytes < min(whole)
    assert best.factor > 10


@pytest.mark.parametrize("missing", ["pywt", "pywt.data", "matplotlib", "matplotlib.figure"])
def test_a_missing_extra_is_named(missing, tmp_path, monkeypatch, capsys, never_measures):
    monkeypatch.setitem(sys.modules, missing, None)
    assert run_cli("--out", tmp_path / "new") == 1
    error = capsys.readouterr().err
    assert 'pip install "qvarray[report]"' in error
    assert ("PyWavelets" in error) == missing.startswith("pywt")
    assert error.count("\n") == 1
    assert not (tmp_path / "new").exists()


# -- the files ------------------------------------------------------------------------------


def strict(text):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_the_command_writes_the_three_files(quick, tmp_path, capsys):
    out = tmp_path / "deep" / "folder"
    arguments = ["--sizes", "64,128", "2**12", "--repeats", 1, "--seed", 5, "--out", out]
    with qv.options(memory_budget=70_000):
        assert run_cli(*arguments) == 0
    assert sorted(path.name for path in out.iterdir()) == FILES
    shown = capsys.readouterr().out
    assert str(out) in shown
    assert "needs 64 KiB" in shown

    content = strict((out / "report.json").read_text())
    assert content["settings"]["seed"] == 5
    assert content["environment"]["numpy"] == np.__version__
    assert set(content["first_call_s"]) == set(recovery.MODES)
    assert [(row["size"], row["mode"]) for row in content["rows"]] == [
        (n, mode) for n in (64, 128, 4096) for mode in recovery.MODES
    ]
    for row in content["rows"]:
        assert row["numba_virtual"]["time_s"] > 0
        assert row["python_virtual"]["peak_bytes"] > 0
        assert row["stored_factor"] > 0
        assert (row["traditional"]["time_s"] is None) == (row["size"] == 4096)
        if row["mode"] != "project":
            assert row["numba_virtual"]["recovery"]["relative_l2_error"] == 0
            assert row["numba_virtual"]["recovery"]["max_absolute_error"] == 0
    assert len(content["encodings"]) == 28

    text = (out / "report.md").read_text()
    assert "![Time and memory against size](report.png)" in text
    assert "| 64 = 2^6 |" in text
    assert "needs 64 KiB" in text
    assert " 0.00 " not in text
    assert (out / "report.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", list(signals.SIGNALS))
def test_every_signal_makes_a_report(quick, tmp_path, name):
    found = report.run(tmp_path, sizes=[1, 3, 64], modes=["unitary"], signal=name, repeats=1)
    assert [row.size for row in found.rows] == [1, 3, 64]
    assert found.modes == ["unitary"]
    assert name in (tmp_path / "report.md").read_text()


def test_noise_that_does_not_fit_is_left_out(quick, tmp_path):
    with qv.options(memory_budget=100_000):
        found = report.run(tmp_path, sizes=[64, 2**40], signal="noise", repeats=1)
        with pytest.raises(MemoryError, match="no size"):
            report.run(tmp_path, sizes=[2**40], signal="noise")
    assert found.settings.skipped_sizes == (2**40,)
    assert "over the memory budget: 2^40" in (tmp_path / "report.md").read_text()


def test_nothing_is_written_where_the_picture_fails(quick, tmp_path, monkeypatch):
    def fail(_):
        raise RuntimeError("no ink")

    monkeypatch.setattr(report, "as_png", fail)
    with pytest.raises(RuntimeError, match="no ink"):
        report.run(tmp_path, sizes=[64], modes=["residual"], repeats=1)
    assert list(tmp_path.iterdir()) == []


def test_files_are_written_all_or_none(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    write = Path.write_bytes

    def full(self, content):
        if b"large" in content:
            write(self, content[:2])
            raise OSError(28, "No space left on device", str(self))
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_all(tmp_path, {"a": b"new", "b": b"large"})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"
    files.write_all(tmp_path, {"a": b"new", "b": b"small"})
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"new", b"small"]


def test_a_folder_that_is_a_file_is_refused_first(tmp_path, never_measures, capsys):
    path = tmp_path / "taken"
    path.write_text("mine")
    for out in (path, path / "below"):
        assert run_cli("--out", out) == 1
        error = capsys.readouterr().err
        assert str(path) in error
        assert error.count("\n") == 1
    assert path.read_text() == "mine"


def test_a_folder_in_the_place_of_a_file_is_refused_first(tmp_path, never_measures):
    (tmp_path / "report.json").mkdir()
    with pytest.raises(IsADirectoryError, match=r"report\.json"):
        report.run(tmp_path)


def test_a_folder_that_cannot_be_written_is_refused_first(tmp_path, never_measures, monkeypatch):
    def deny(self, content):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "write_bytes", deny)
    with pytest.raises(PermissionError) as caught:
        report.run(tmp_path)
    assert caught.value.filename == str(tmp_path)


# -- what the page says ---------------------------------------------------------------------


def figures(time, stored=400, peak=1000, error=0.0):
    return recovery.Figures(time, stored, peak, stored, recovery.Recovery(error, error, error))


def made_up(mode="project", virtual=1.0, plain=2.0, dense=100.0, read=None, stored=400):
    row = recovery.Row(
        131072,
        mode,
        figures(dense, 2**20, 2**21),
        dense / 2,
        2**21,
        figures(plain),
        figures(virtual, stored, error=0.5),
        read,
        0.0,
    )
    return results.Report(
        report.environment(),
        results.Settings("wave", "", 0, 1, 2**30, ()),
        {mode: 0.25},
        [row],
        {},
        [],
        1.0,
    )


def test_targets_say_what_was_missed():
    reached = results.targets(made_up())
    assert all(target.reached for target in reached)
    assert len(reached) == 4
    missed = results.targets(made_up(virtual=20.0, stored=401))
    assert [target.reached for target in missed] == [False, True, False, False]
    assert results.targets(made_up(mode="residual")) == []
    assert "Target missed: at most 400 B" in page.as_markdown(made_up(stored=401), "x.png")
    assert "MISSED" in page.summary(made_up(stored=401))


def test_the_bad_figures_are_told():
    good = "\n".join(verdicts.caveats(made_up(mode="residual")))
    assert "faster" not in good
    assert "First call" in good
    bad = made_up(mode="residual", virtual=80.0, plain=3.0, read=500.0)
    told = "\n".join(verdicts.caveats(bad))
    assert "preallocated NumPy is faster" in told
    assert "plain Python reference is faster" in told
    assert "5 times what" in told
    assert "does not recover x" in verdicts.caveats(made_up())[0]


def test_a_picture_of_one_size():
    assert picture.as_png(made_up()).startswith(b"\x89PNG")


# -- the command line -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("64", [64]),
        ("64,131072,2**20", [64, 131072, 2**20]),
        ("64 128", [64, 128]),
        ("2**62, 1", [2**62, 1]),
        (str(2**63 - 1), [2**63 - 1]),
    ],
)
def test_sizes(text, expected):
    assert command._sizes(text) == expected


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--sizes", "0"], "'0'"),
        (["--sizes", "-5"], "'-5'"),
        (["--sizes", "64,many"], "'many'"),
        (["--sizes", "1.5"], "'1.5'"),
        (["--sizes", ""], "''"),
        (["--sizes", "2**63"], "'2**63'"),
        (["--sizes", "9**99999999999"], "'9**99999999999'"),
        (["--sizes", "1" * 5000], "1111"),
        (["--mode", "sideways"], "'sideways'"),
        (["--signal", "square"], "'square'"),
        (["--repeats", "-1"], "-1"),
        (["--repeats", "0"], "0"),
        (["--repeats", "two"], "'two'"),
        (["--seed", "-3"], "-3"),
    ],
)
def test_bad_options_are_named(arguments, named, capsys):
    with pytest.raises(SystemExit) as caught:
        run_cli(*arguments)
    assert caught.value.code == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"sizes": [64, 0]}, "0"),
        ({"sizes": [2**63]}, str(2**63)),
        ({"sizes": []}, "sizes"),
        ({"modes": ["sideways"]}, "sideways"),
        ({"signal": "square"}, "square"),
        ({"repeats": -1}, "-1"),
        ({"seed": -1}, "-1"),
    ],
)
def test_bad_arguments_are_named(arguments, named, tmp_path):
    with pytest.raises(ValueError, match=named):
        report.run(tmp_path / "never", **arguments)
    assert not (tmp_path / "never").exists()


def test_options_reach_the_report(monkeypatch):
    seen: dict[Any, Any] = {}

    def run(out, **options):
        seen.update(options, out=out)
        return made_up()

    monkeypatch.setattr(report, "run", run)
    assert run_cli() == 0
    assert seen == {
        "out": Path("report"),
        "sizes": report.SIZES,
        "modes": recovery.MODES,
        "signal": "wave",
        "repeats": report.REPEATS,
        "seed": 0,
    }
    assert run_cli("--mode", "unitary", "--sizes", "64", "2**7,9", "--signal", "noise") == 0
    assert seen["modes"] == ("unitary",)
    assert seen["sizes"] == [64, 128, 9]
    assert seen["signal"] == "noise"


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"qvarray {qv.__version__}\n"


def test_a_command_is_wanted(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main([])
    assert caught.value.code == 2
    assert "COMMAND" in capsys.readouterr().err
