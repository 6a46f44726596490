"""Arrays large enough for pieces, threads and kernels, against their dense twins."""

import warnings

import numpy as np
import pytest

import qvarray as qv
from qvarray.kernels import rows_columns
from qvarray.ops import align

from ..twin import assert_same, check

SHAPE = (500, 600)
#: Those of one size, of two, and of more than a kernel moves.
DTYPES = ["??", "hh", "iI", "lQ", "ff", "dd", "gg", "FF", "DD", "GG"]
DTYPES += ["?d", "bd", "fd", "di", "if", "dF", "gd", "eg", "DG"]


@pytest.fixture(params=[1, 2], ids="threads={}".format)
def workers(request, monkeypatch):
    monkeypatch.setattr(align.threads, "workers", lambda: request.param)
    for module in (align, rows_columns):
        monkeypatch.setattr(module, "_WORTH_A_THREAD", 0)


def twin(seed, dtype, k=40_000, shape=SHAPE, fill=0):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    values = rng.integers(-9, 10, k).astype(dtype)
    if dtype.kind == "c":
        values.imag = rng.integers(-9, 10, k)
    x = np.full(shape, fill, dtype)
    x.reshape(-1)[rng.permutation(x.size)[:k]] = values
    return x, qv.array(x, fill_value=fill)


@pytest.mark.parametrize("dtypes", DTYPES)
def test_dtypes(dtypes, workers):
    a, b = twin(1, dtypes[0]), twin(2, dtypes[1])
    for ufunc in (np.add, np.multiply, np.maximum, np.greater):
        check(ufunc, a, b)


@pytest.mark.parametrize("fills", [(0, 0), (2, 0), (0.5, np.nan), (np.inf, -0.0)])
def test_fill_values(fills, workers):
    a, b = twin(1, "f8", fill=fills[0]), twin(2, "f8", fill=fills[1])
    for ufunc in (np.add, np.subtract, np.multiply, np.divide, np.minimum, np.less, np.arctan2):
        check(ufunc, a, b)
        check(ufunc, a, a)


def test_what_cancels(workers):
    x, v = twin(1, "f8")
    check(np.subtract, (x, v), (x.copy(), qv.array(x)))
    half = np.where(np.arange(x.size).reshape(x.shape) % 3, x, 2)
    check(np.subtract, (x, v), (half, qv.array(half)))


def heard(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return sorted(str(warning.message) for warning in caught)


@pytest.mark.parametrize("same", [False, True])
def test_every_warning_once(same, workers):
    x, v = twin(1, "f8", fill=1)
    y, w = (x, qv.array(x, fill_value=1)) if same else twin(2, "f8", fill=1)
    warned = heard(lambda: np.divide(x, y))
    assert len(warned) == (1 if same else 2)
    assert heard(lambda: np.divide(v, w)) == warned
    x = np.where(x == 9, 1e308, x)
    v = qv.array(x, fill_value=1)
    if same:
        y, w = x, v
    warned = heard(lambda: np.multiply(x, y))
    assert warned == ["overflow encountered in multiply"]
    assert heard(lambda: np.multiply(v, w)) == warned


def test_errors_in_the_settings_of_the_caller(workers):
    v, w = twin(1, "f8", fill=1)[1], twin(2, "f8", fill=1)[1]
    some = np.errstate(divide="raise", invalid="ignore")
    with some, pytest.raises(FloatingPointError, match="divide by zero"):
        np.divide(v, w)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        v / w
    warned = []
    with np.errstate(all="call", call=lambda kind, flag: warned.append((kind, flag))):
        v / w
    assert [kind for kind, _ in warned] == ["divide by zero", "invalid value"]
    with np.errstate(all="ignore"):
        assert heard(lambda: v / w) == []
    with np.errstate(all="raise"):
        v + w


def test_errors_of_the_call(workers):
    v, w = twin(1, "i8", fill=1), twin(2, "i8", fill=1)
    check(np.power, v, w)  # negative powers of integers
    check(np.bitwise_and, v, twin(3, "f8"))


KEYS = [
    np.s_[100:900],
    np.s_[::3, ::2],
    np.s_[::-1],
    np.s_[:, ::-1],
    np.s_[::-7, 900:3:-2],
    np.s_[:, 5],
    np.s_[17],
    np.s_[500:501, 3:],
    np.s_[-3::-100, ::50],
    np.s_[..., None, 3:800:13],
    np.s_[:: 10**30, :: -(10**30)],
]


@pytest.mark.parametrize("dtype", ["?", "f8", "G"])
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_parts(key, dtype, workers):
    check(lambda x: x[key], twin(1, dtype))


@pytest.mark.parametrize("n", [4, 97])
def test_parts_of_three_axes(n, workers):
    rng = np.random.default_rng(n)
    pair = twin(n, "f8", k=30_000, shape=(n, 20_000 // n, 25))
    for _ in range(40):
        key = []
        for length in pair[0].shape:
            if rng.random() < 0.2:
                key.append(int(rng.integers(-length, length)))
            else:
                step = int(rng.choice([-5, -2, -1, 1, 1, 1, 2, 3]))
                ends = np.sort(rng.integers(0, length, 2)).tolist()[:: 1 if step > 0 else -1]
                key.append(slice(*(None if rng.random() < 0.4 else e for e in ends), step))
        check(lambda x, key=tuple(key): x[key], pair)


@pytest.mark.parametrize("shape", [(2**40, 2**22), (2**20, 2**20, 2**20), (2**62,)])
def test_parts_that_no_double_counts(shape):
    rng = np.random.default_rng(3)
    coords = np.stack([rng.integers(0, n, 10_000) for n in shape])
    coords[:, :2] = 0, 1
    coords[:, 2] = np.array(shape) - 1
    x = qv.from_coordinates(coords, np.arange(1.0, 10_001), shape)
    for step in (1, 3, -7, -1):
        y = x[tuple(slice(None, None, step) for _ in shape)]
        y.spectrum.check()
        starts = [0 if step > 0 else n - 1 for n in shape]
        away = (coords - np.array(starts)[:, None]) * (1 if step > 0 else -1)
        keep = np.all(away % abs(step) == 0, axis=0)
        wanted = qv.from_coordinates(
            away[:, keep] // abs(step), np.arange(1.0, 10_001)[keep], y.shape
        )
        np.testing.assert_array_equal(y.active_indices, wanted.active_indices)
        np.testing.assert_array_equal(y.eigenvalues, wanted.eigenvalues)


@pytest.mark.parametrize("shape", [SHAPE, (3, 100_000), (30_000, 10), (60, 50, 100)])
def test_sums_of_rows(shape, workers):
    pair = twin(1, "i8", shape=shape)
    for axis in range(len(shape)):
        check(lambda x, axis=axis: x.sum(axis=axis), pair)
    # All in one row: there is nothing to share.
    x = np.zeros((2, 10**6))
    x[1, :300_000] = 0.5
    assert_same(x.sum(axis=1), qv.array(x).sum(axis=1))


@pytest.mark.parametrize("repeats", ["none", "few", "half", "sorted"])
def test_from_coordinates(repeats):
    rng = np.random.default_rng(5)
    k = 80_000
    where = rng.permutation(300_000)[:k]
    if repeats == "few":
        where[-1] = where[0]
        where[100] = where[99] = where.max()
    elif repeats == "half":
        where[k // 2 :] = where[: k // 2]
    elif repeats == "sorted":
        where.sort()
    coords = np.stack(np.unravel_index(where, SHAPE))
    values = rng.integers(1, 9, k).astype(float)
    x = qv.from_coordinates(coords, values, SHAPE)
    wanted = np.zeros(SHAPE)
    np.add.at(wanted, tuple(coords), values)
    assert_same(wanted, x)
    values[:] = -1
    assert_same(wanted, x)  # nothing is shared with the caller
    if repeats in ("few", "half"):
        with pytest.raises(ValueError, match="duplicated"):
            qv.from_coordinates(coords, values, SHAPE, sum_duplicates=False)
    coords[1, 70_000] = 600
    with pytest.raises(IndexError, match=r"coords\[1\]: 600 is out of bounds"):
        qv.from_coordinates(coords, values, SHAPE)
