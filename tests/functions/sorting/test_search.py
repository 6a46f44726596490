"""Searching, membership and digitizing: NumPy is the oracle."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...huge import active, sparse_array
from ...twin import DTYPES, arrays, assert_same, check, shapes, spectral_twins, twins, with_fill

N = 2**40
REAL = [dtype for dtype in DTYPES if dtype.kind != "c"]
LINE = st.tuples(st.integers(0, 9))
SIDES = st.sampled_from(["left", "right"])


@st.composite
def ascending(draw, dtypes=DTYPES, shape=LINE):
    return with_fill(draw, np.sort(draw(arrays(dtypes, shape)), axis=None), 9)


def either(pairs):
    """All ways of making one or more of the operands virtual."""
    for mask in range(1, 2 ** len(pairs)):
        yield [pair if mask >> i & 1 else (pair[0],) * 2 for i, pair in enumerate(pairs)]


@given(a=ascending(), v=twins(), side=SIDES)
def test_searchsorted(a, v, side):
    for pairs in either([a, v]):
        check(lambda a, v: np.searchsorted(a, v, side), *pairs)


@given(a=ascending(), v=st.sampled_from([0, 1.5, np.nan, 300, -1, 2j, [1, 2], True, [[]], "a"]))
def test_searchsorted_of_what_is_no_array(a, v):
    check(lambda a: np.searchsorted(a, v), a)
    check(lambda v: np.searchsorted([-1, 0, 2.5], v, "right"), a)


@given(pair=twins(), v=twins(), side=st.sampled_from(["left", "middle", 1]))
def test_searchsorted_refuses_what_numpy_refuses(pair, v, side):
    if pair[0].ndim == 1:
        pair = (np.sort(pair[0]), qv.array(np.sort(pair[0])))
    check(lambda a, v: np.searchsorted(a, v, side), pair, v)


@given(pair=twins(shape=LINE), v=twins(), side=SIDES)
def test_sorter(pair, v, side):
    order = np.argsort(pair[0], kind="stable")
    for pairs in either([pair, v, (order, qv.array(order))]):
        check(lambda a, v, order: np.searchsorted(a, v, side, order), *pairs)
    check(lambda a: np.searchsorted(a, 1, side, order + 1), pair)
    check(lambda a: np.searchsorted(a, 1, side, order * 1.0), pair)
    check(lambda a: np.searchsorted(a, 1, side, order[:-1]), pair)


@given(x=twins(), bins=ascending(REAL), right=st.booleans(), flip=st.booleans())
def test_digitize(x, bins, right, flip):
    if flip:
        bins = bins[0][::-1].copy(), qv.array(bins[0][::-1].copy())
    for pairs in either([x, bins]):
        check(lambda x, bins: np.digitize(x, bins, right), *pairs)


@given(x=twins(), bins=arrays(REAL))
def test_digitize_refuses_what_numpy_refuses(x, bins):
    check(lambda x, bins: np.digitize(x, bins), x, (bins, qv.array(bins)))


@given(
    x=twins(REAL),
    xp=ascending([np.dtype(float), np.dtype(np.int8)]),
    data=st.data(),
    left=st.none() | st.just(-7.0),
    right=st.none() | st.just(9),
    period=st.sampled_from([None, None, 2.5, -3, 0]),
)
def test_interp(x, xp, data, left, right, period):
    size = data.draw(st.sampled_from([xp[0].size, xp[0].size, 3]))
    kinds = [np.dtype(float), np.dtype(complex), np.dtype(np.int16)]
    fp = data.draw(twins(kinds, shape=st.just((size,))))
    for pairs in either([x, xp, fp]):
        check(lambda x, xp, fp: np.interp(x, xp, fp, left, right, period), *pairs)


@given(x=twins([np.dtype(complex)]))
def test_interp_refuses_what_numpy_refuses(x):
    check(lambda x: np.interp(x, [0, 1], [0, 1]), x)


KINDS = st.sampled_from([None, None, "sort", "table", "hash"])


@given(x=twins(), tests=twins(), invert=st.booleans(), kind=KINDS)
def test_isin(x, tests, invert, kind):
    for pairs in either([x, tests]):
        check(lambda x, tests: np.isin(x, tests, invert=invert, kind=kind), *pairs)


@given(x=twins(), tests=st.sampled_from([0, -1.0, [0, 3], [], {0}, [np.nan], "a", [0, "a"], None]))
def test_isin_of_what_is_no_array(x, tests):
    check(lambda x: np.isin(x, tests), x)
    check(lambda x: np.isin([0, 2.0], x), x)


BIG = st.sampled_from(
    [2**63, 2**63 - 1, 2**53, 2**53 + 1, 2**62 + 1, 2**62, 0, 1, -1, 5, 2**64 - 1]
)


WIDE = [np.dtype(np.int64), np.dtype(np.uint64), np.dtype(float), np.dtype(np.complex64)]


@given(
    data=st.data(),
    invert=st.booleans(),
    kind=st.sampled_from([None, "sort"]),
    one=st.sampled_from(WIDE),
    other=st.sampled_from(WIDE),
)
def test_wide_integers_among_others(data, invert, kind, one, other):
    pairs = []
    for dtype in (one, other):
        info = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
        inside: Any = BIG.filter(lambda i, info=info: info.min <= i <= info.max)
        x = np.array(data.draw(st.lists(inside, max_size=40)), dtype)
        x = np.concatenate([x, np.zeros(data.draw(st.integers(0, 20)), dtype)])
        pairs.append((x, qv.array(x)))
    for some in either(pairs):
        check(lambda x, y: np.isin(x, y, invert=invert, kind=kind), *some)


@given(pair=spectral_twins())
def test_spectral_arrays(pair):
    x, y = pair[1].todense(), pair[1]
    check(lambda x: np.isin(x, [0, 1.0]), (x, y))
    if x.dtype.kind == "f":
        check(lambda x: np.digitize(x, [-0.3, 0.1, 0.2]), (x, y))
        check(lambda x: np.interp(x, [-1, 0, 1], [1, 2, 5]), (x, y))


@given(shape=shapes(), right=st.booleans())
def test_constants(shape, right):
    x = np.full(shape, 2.5)
    y = qv.array(x, fill_value=2.5)
    check(lambda a: np.digitize(a, [0, 2.5, 3], right), (x, y))
    check(lambda a: np.isin(a, [0, 2.5]), (x, y))


@pytest.mark.parametrize("fill", [0.0, 0.3, np.inf, np.nan, -np.inf])
@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted_in_a_huge_array(fill, side):
    x = np.sort(sparse_array(N, fill=fill, seed=3))
    values = np.sort(x.eigenvalues)
    v = np.array([-9.0, 0.0, 0.3, values[5], values[-7], np.inf, np.nan])
    got = np.searchsorted(x, v, side).todense()
    assert np.searchsorted(x, v[3], side) == got[3]
    for one, place in zip(v, got, strict=True):
        # Everything ahead of the place is below, everything from it on is not.
        near = [i for i in (place - 1, place) if 0 <= i < N]
        around = np.array([x[int(i)] for i in near])
        assert list(np.searchsorted(around, [one], side)) == [sum(i < place for i in near)]
    w = sparse_array(2**41, fill=0.1, seed=5)
    places = np.searchsorted(x, w, side)
    places.spectrum.check()
    assert places.shape == w.shape
    assert places.fill_value == np.searchsorted(x, 0.1, side)
    some = int(active(w)[99])
    assert places[some] == np.searchsorted(x, w[some], side)


def test_elementwise_on_a_huge_array():
    x = sparse_array(N, fill=0.25, seed=3)
    at = active(x)
    bins = np.linspace(-1, 1, 9)
    tests = np.append(x.eigenvalues[::3], 0.25)
    calls: list[Callable[..., Any]] = [
        lambda a: np.digitize(a, bins),
        lambda a: np.searchsorted(bins, a),
        lambda a: np.interp(a, bins, bins**2),
        lambda a: np.isin(a, tests),
        lambda a: np.isin(a, tests, invert=True),
    ]
    for call in calls:
        got = call(x)
        got.spectrum.check()
        assert got.shape == (N,)
        assert got.fill_value == call(np.array([0.25]))[0]
        some = np.array([got[int(i)] for i in at[::20]])
        assert_same(call(x.eigenvalues[::20]), qv.array(some))
    among = np.isin(np.array([0.25, x.eigenvalues[4], 99.0]), x)
    np.testing.assert_array_equal(among.todense(), [True, True, False])


def test_results_of_lossy_arrays_are_of_unknown_error():
    x = qv.encode(np.eye(64) + 1e-3, basis="standard", tol=0.1)
    for got in (np.isin(x, [0.0]), np.digitize(x, [0.0]), np.isin([0.0], x)):
        assert got.recovery_error == np.inf
