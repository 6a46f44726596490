"""Encoding what does not fit in memory: twice through, piece by piece, or not at all."""

import os

import numpy as np
import pytest

import qvarray as qv
from qvarray.core import pages
from qvarray.encoding.encode import out_of_core

STORAGES = ["float32", "float16", "int16", "int8", None]


def smooth(*shape, seed=0):
    x = np.random.default_rng(seed).standard_normal(shape)
    for axis in range(len(shape)):
        x = np.cumsum(x, axis=axis)
    return x


def relative(x, y):
    return np.linalg.norm(x - y) / np.linalg.norm(x)


class Sliced:
    """Has a shape, a dtype and slices, and counts what is read."""

    def __init__(self, x, short=None):
        self.x, self.shape, self.dtype = x, x.shape, x.dtype
        self.rows, self.largest, self.short = 0, 0, short

    def __getitem__(self, key):
        out = self.x[: self.short][key]
        self.rows += len(out)
        self.largest = max(self.largest, out.nbytes)
        return out


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize(
    ("shape", "basis"),
    [
        ((3000, 7), "auto"),
        ((3001, 7), ["blocked(cosine, 8)", "cosine"]),
        ((20011,), "blocked(haar, 16)"),
        ((20000,), "blocked(fourier, 32)"),
        ((2000, 10), ["standard", "fourier"]),
        ((20000,), "standard"),
    ],
)
def test_the_tolerance_is_met(shape, basis, storage):
    x = smooth(*shape)
    with qv.options(memory_budget=2**20):
        assert out_of_core.is_piecewise(x)
        y = qv.encode(Sliced(x), basis, tol=1e-2, storage=storage)
    y.spectrum.check()
    assert y.shape == x.shape
    true = relative(x, y.todense())
    assert 0.3e-2 < true <= y.recovery_error <= 1e-2
    if basis != "auto":
        whole = qv.encode(x, basis, tol=1e-2, storage=storage)
        assert [str(b) for b in whole.bases] == [str(b) for b in y.bases]
        assert y.nbytes < 1.1 * whole.nbytes + 64


def test_memory_stays_within_the_budget():
    x = Sliced(smooth(2**14, 8))
    with qv.options(memory_budget=2**20):
        y = qv.encode(x, tol=1e-2, storage="int8")
        part = y[5000:5003, 2].todense()
    assert x.rows == 2 * 2**14  # two passes
    assert x.largest < 2**20 / 8
    np.testing.assert_allclose(part, y.todense()[5000:5003, 2])


def test_a_mapped_file(tmp_path):
    path = tmp_path / "x.bin"
    x = smooth(2**12, 8).astype(np.float32)
    x.tofile(path)
    with qv.options(memory_budget=2**20):
        y = qv.encode(np.memmap(path, np.float32, "r", shape=x.shape), tol=1e-2, storage="int8")
    assert y.dtype == np.float32
    assert relative(x, y.todense()) <= y.recovery_error <= 1e-2


@pytest.mark.parametrize("budget", [2**20, 2**40])
def test_a_file_that_is_cut_off(tmp_path, budget):
    path = tmp_path / "x.bin"
    smooth(2**12, 8).tofile(path)
    x = np.memmap(path, np.float64, "r", shape=(2**12, 8))
    os.truncate(path, 2**17)
    out = tmp_path / "y.qv"
    with qv.options(memory_budget=budget), pytest.raises(ValueError, match="cut off"):
        qv.save(out, qv.encode(x, tol=1e-2, storage="int8"))
    assert os.listdir(tmp_path) == ["x.bin"]


def test_rows_that_are_missing():
    x = Sliced(smooth(2**12, 8), short=3000)
    with (
        qv.options(memory_budget=2**20),
        pytest.raises(ValueError, match=r"rows .* have shape .* not"),
    ):
        qv.encode(x, tol=1e-2)


def test_virtual_arrays_and_integers():
    x = qv.encode(smooth(4096, 8), "blocked(cosine, 8)", tol=1e-2, storage="int8")
    dense = x.todense()
    with qv.options(memory_budget=2**20):
        y = qv.encode(x, tol=1e-2, storage="int16")
        z = qv.encode(np.rint(dense).astype(np.int32), tol=1e-2, storage="int16")
    assert relative(dense, y.todense()) <= 1e-2 < y.recovery_error <= 2.1e-2
    assert z.dtype == np.float64
    assert relative(np.rint(dense), z.todense()) <= z.recovery_error <= 1e-2


@pytest.mark.parametrize("scale", [1e-300, 1e300])
@pytest.mark.parametrize("storage", STORAGES)
def test_huge_and_tiny(scale, storage):
    x = np.cos(np.arange(20000) / 9)
    with qv.options(memory_budget=2**19):
        y = qv.encode(x * scale, "blocked(cosine, 8)", tol=1e-2, storage=storage)
    assert relative(x, y.todense() / scale) <= y.recovery_error <= 1e-2


@pytest.mark.parametrize("storage", ["int8", "float32", None])
def test_zeros(storage):
    with qv.options(memory_budget=2**19):
        y = qv.encode(np.zeros((20000,)), tol=1e-2, storage=storage)
    assert not y.todense().any()
    assert y.recovery_error == 0.0


def test_max_active():
    x = smooth(20000)
    with qv.options(memory_budget=2**19):
        y = qv.encode(x, "blocked(cosine, 64)", max_active=1000)
    assert 800 < y.nactive <= 1000
    assert relative(x, y.todense()) <= y.recovery_error


@pytest.mark.parametrize(
    ("error", "match", "basis", "kwargs"),
    [
        (qv.MaterializationError, "blocked", "cosine", {"tol": 1e-2}),
        (qv.MaterializationError, "tol", "blocked(cosine, 8)", {}),
        (ValueError, "storage='int8' needs a tol", "auto", {"storage": "int8"}),
        (ValueError, "rounding error", "auto", {"tol": 1e-17}),
        (ValueError, "tol=1e-05 .*'float16'", "auto", {"tol": 1e-5, "storage": "float16"}),
        (ValueError, "tol=1e-13 .*'int16'", "auto", {"tol": 1e-13, "storage": "int16"}),
    ],
)
def test_what_cannot_be(error, match, basis, kwargs):
    with qv.options(memory_budget=2**19), pytest.raises(error, match=match):
        qv.encode(smooth(30000), basis, **kwargs)


def test_what_is_not_finite():
    x = smooth(3000, 7)
    x[2000, 3] = np.nan
    with qv.options(memory_budget=2**19), pytest.raises(ValueError, match=r"nan at \(2000, 3\)"):
        qv.encode(x, tol=1e-2)


def test_progress_is_shown_on_terminals_only(monkeypatch):
    shown = []

    class Bar:
        def update(self, pages):
            shown.append(pages)

        def close(self):
            shown.append("closed")

    monkeypatch.setattr(pages, "_WORTH_A_BAR", -1.0)
    monkeypatch.setattr(pages, "_ROUND", 0.0)
    monkeypatch.setattr(pages, "_bar", lambda done, count: Bar())
    assert list(pages.tracked("abcd", 4, "blocks")) == list("abcd")
    assert not shown
    monkeypatch.setattr(pages.sys.stderr, "isatty", lambda: True)
    assert list(pages.tracked("abcd", 4, "blocks")) == list("abcd")
    assert shown == [1, 1, "closed"]
