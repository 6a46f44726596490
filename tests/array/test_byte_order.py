"""Elements in the byte order that the machine has not: FITS and NetCDF files have them."""

import copy
import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import DATES, DTYPES, arrays, assert_same, check, keys, with_fill

#: Those of extended precision are padded, with anything.
KINDS = [one for one in [*DTYPES, *DATES] if one.itemsize > 1 and one.char not in "gG"]


@st.composite
def swapped(draw, dtypes=KINDS):
    """An ndarray in the other byte order, and its twin."""
    x = draw(arrays(dtypes))
    return with_fill(draw, x.astype(x.dtype.newbyteorder()))


def as_numbers(x):
    return x.astype(x.dtype.newbyteorder("="))


@given(swapped())
def test_what_looks_at_bytes(pair):
    native = pair[0].dtype.newbyteorder("=")
    for call in (
        lambda x: x.tobytes(),
        lambda x: x.byteswap(),
        lambda x: x.view(native),
        lambda x: x.byteswap().view(native),
        lambda x: x.view(f"V{native.itemsize}").tobytes(),
        lambda x: x.dtype.isnative,
        lambda x: x.copy(),
        lambda x: x.tolist(),
        as_numbers,
    ):
        check(call, pair)
    assert np.asarray(pair[1]).tobytes() == pair[0].tobytes()


@given(swapped(), st.data())
def test_parts_and_writes(pair, data):
    x, _ = pair
    key = data.draw(keys(x.shape))
    check(lambda x: x[key], pair)

    def written(value):
        def write(x):
            out = x.copy()
            out[key] = value(x)
            return out

        return write

    check(written(lambda x: 3 if x.dtype.kind not in "mM" else x.dtype.type(0, "D")), pair)
    check(written(lambda x: as_numbers(x[key])), pair)
    check(written(lambda x: x[key][::-1]), pair)


@given(swapped(), st.sampled_from(["+=", "-=", "*="]))
def test_in_place(pair, operator):
    def run(x):
        out = x.copy()
        if operator == "+=":
            out += x
        elif operator == "-=":
            out -= as_numbers(x)
        else:
            out *= 2
        return out

    check(run, pair)


@given(swapped())
def test_copies_elsewhere(pair):
    x, y = pair
    file = io.BytesIO()
    qv.save(file, y)
    file.seek(0)
    assert_same(x, qv.load(file))
    assert_same(pickle.loads(pickle.dumps(x)), pickle.loads(pickle.dumps(y)))
    assert_same(x, qv.asarray(x))
    assert_same(x, qv.asarray(as_numbers(x), x.dtype))


CALLS = {
    "sums": lambda X, Y, v: (X.sum(), X.sum(axis=0), X.mean(axis=1), X.cumsum(axis=1)),
    "products": lambda X, Y, v: (X @ v, v @ X, X @ Y, X * v, X * v[:, None], X * Y),
    "differences": lambda X, Y, v: (X - Y, np.diff(X, axis=0), X == Y, np.maximum(X, Y)),
    "order": lambda X, Y, v: (np.sort(X, axis=0), X.argmax(axis=0), np.unique(X), np.sort(v)),
    "joins": lambda X, Y, v: (np.vstack([X, Y]), np.insert(X, 3, v, 0), np.pad(X, 2), np.triu(X)),
    "picks": lambda X, Y, v: (X[::-1, 3:], X[[7, 7, 2]], X[X != 0], X.T[5], np.roll(X, 7, 1)),
    "lists": lambda X, Y, v: X[np.ix_(np.arange(0, 300, 3), np.arange(0, 300, 2))],
    "spectra": lambda X, Y, v: (np.fft.fft(v), np.convolve(v, v[:9]), X.to_basis("haar")[3]),
}


def matrices(dtype):
    rng = np.random.default_rng(5)
    for _ in range(2):
        x = np.zeros(90000, dtype)
        x[rng.choice(x.size, 4000, replace=False)] = rng.integers(1, 9, 4000)
        yield x.reshape(300, 300)
    yield rng.integers(1, 9, 300).astype(dtype)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i2", "u8"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_as_in_the_order_of_the_machine(call, dtype):
    """In sizes at which kernels take over."""
    dense = list(matrices(dtype))
    dense[0][0] = dense[1][:, 1] = 0
    native = [qv.array(x) for x in dense]
    other = [x.astype(x.dtype.newbyteorder()) for x in native]
    assert all(x.active_indices is not None and not x.dtype.isnative for x in other[:2])
    if call is CALLS["spectra"]:
        native, other = ([qv.pad(x, (0, 212)) for x in each] for each in (native, other))
    expected, got = call(*native), call(*other)
    for one, same in zip(*map(as_tuple, (expected, got)), strict=True):
        if isinstance(same, qv.VirtualQArray):
            same.spectrum.check()
        one, same = np.asarray(one), np.asarray(same)
        assert same.dtype.newbyteorder("=") == one.dtype.newbyteorder("=")
        np.testing.assert_allclose(same, one, rtol=1e-4 if dtype == "f4" else 1e-10)


def as_tuple(given):
    return given if isinstance(given, tuple) else (given,)


@pytest.mark.parametrize("dtype", [">f8", ">i4", ">c8", "<u2", "<f4"])
def test_huge(dtype):
    n = 10**6
    k = np.arange(1000)
    X = qv.from_coordinates((k * 997, k * 31), (k % 7 + 1).astype(dtype), (n, n))
    assert X.dtype == np.dtype(dtype)
    assert X.T.dtype == X[5:].dtype == np.zeros_like(X).dtype == X.dtype
    assert (X + X).dtype.isnative
    assert X.sum() == (k % 7 + 1).sum()
    assert X[997 * 3, 31 * 3] == 4
    X[k * 997] = 0
    assert not X.any()


def test_arrays_in_other_bases_have_the_dtype_and_native_coefficients():
    x = qv.encode(np.cos(np.arange(64.0)), basis="cosine").astype(">f4")
    assert x.dtype == np.dtype(">f4")
    assert x.eigenvalues.dtype.isnative
    assert x.todense().dtype == x[3:9].dtype == x.dtype
    assert (x + x).dtype.isnative


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pickles_are_in_the_byte_order_of_their_eigenvalues(protocol):
    x = qv.asarray(np.arange(5000.0).astype(">f8"))
    for y in (pickle.loads(pickle.dumps(x, protocol=protocol)), copy.copy(x), copy.deepcopy(x)):
        y.spectrum.check()
        assert y.dtype == y.eigenvalues.dtype
        np.testing.assert_array_equal(np.asarray(y), np.asarray(x))
        assert (y.reshape(50, 100) @ np.ones(100))[1] == 14950.0
    spectrum = copy.copy(x.source)
    spectrum.check()
