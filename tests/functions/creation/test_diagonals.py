"""Diagonals and triangles of matrices, and arrays made from vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from tests.huge import ascending, sparse_array
from tests.twin import BASES, DTYPES, assert_same, check, shapes, spectral_twins, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

LARGE = 2**40
SIZES = shapes(5, 3)
OFFSETS = st.integers(-6, 6)
INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "biu"]


def huge(shape, nactive=10_000, fill=0.0):
    return sparse_array(shape, nactive, fill=fill, seed=7, values=ascending)


@given(twins(shape=SIZES), OFFSETS)
def test_diag(pair, k):
    check(lambda x: np.diag(x, k), pair)
    check(lambda x: np.diagflat(x, k), pair)
    check(lambda x: np.diag(x, 1.5), pair)


@given(twins(shape=SIZES), OFFSETS)
def test_triangles(pair, k):
    check(lambda x: np.tril(x, k), pair)
    check(lambda x: np.triu(x, k), pair)


@given(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 2)),
    st.integers(-40, 40),
    st.sampled_from([0.0, -0.0, 2.0, np.nan]),
)
def test_triangles_of_large_matrices(drawn, k, fill):
    rows, columns, count = drawn
    x = np.full((count, rows, columns), fill)
    x[:, ::7, ::5] = 3.0
    pair = (x, qv.array(x, fill_value=fill))
    check(lambda a: np.tril(a, k), pair)
    check(lambda a: np.triu(a, k), pair)


@given(st.integers(-1, 20), st.none() | st.integers(0, 20), st.integers(-25, 25))
def test_tri(n, m, k):
    like = qv.array(np.ones(3))
    for dtype in (float, bool, "int8", "c8"):
        assert_same(np.tri(n, m, k, dtype), np.tri(n, m, k, dtype, like=like))
    assert np.tri(2, dtype=object, like=like).dtype == object


@given(twins(INTEGERS, SIZES), st.data())
def test_trace(pair, data):
    ndim = pair[0].ndim
    axes = st.integers(-ndim - 1, ndim)
    one, other = data.draw(axes), data.draw(axes)
    k = data.draw(OFFSETS)
    check(lambda x: np.trace(x), pair)
    check(lambda x: np.trace(x, k, one, other), pair)
    check(lambda x: np.trace(x, k, one, other, dtype="int8"), pair)
    check(lambda x: np.trace(x, dtype=complex, offset=k), pair)
    check(lambda x: np.linalg.trace(x), pair)
    check(lambda x: np.linalg.trace(x, offset=k, dtype="f4"), pair)


@given(spectral_twins(), OFFSETS)
def test_in_any_bases(pair, k):
    loose = {"rounding": 64, "scale": 16.0}
    check(lambda x: np.diag(x, k), pair, **loose)
    check(lambda x: np.diagflat(x, k), pair, **loose)
    check(lambda x: np.tril(x, k), pair, **loose)
    check(lambda x: np.triu(x, k), pair, **loose)
    check(lambda x: np.trace(x, k), pair, **loose)
    check(lambda x: np.trace(x, k, -1, 0), pair, **loose)
    check(lambda x: np.vander(x, 3), pair, rounding=1024, scale=1024.0)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("k", [0, 3, -5, 9])
def test_operators(name, k):
    operator = qv.operator([1.0, 0.5, 0.5], [0, 1, 7], 8, basis=name)
    pair = (operator.todense(), operator)
    loose = {"rounding": 64, "scale": 8.0}
    for call in (np.diag, np.trace, np.tril, np.triu):
        check(lambda x, f=call: f(x, k), pair, **loose)
    check(lambda x: np.trace(x, k, 1, 0), pair, **loose)
    check(lambda x: np.trace(x, k, dtype="c16"), pair, **loose)
    assert_same(np.linalg.trace(pair[0]), np.linalg.trace(operator), **loose)


def test_trace_into_an_output():
    pair = (np.arange(24).reshape(2, 3, 4), qv.array(np.arange(24).reshape(2, 3, 4)))

    def call(x, out):
        got = np.trace(x, 1, 1, 2, out=out)
        return got is out, np.asarray(out).tolist()

    check(call, pair, (np.zeros(2, int), np.zeros(2, int)))
    check(call, pair, (np.zeros(2, int), qv.array(np.zeros(2, int))))
    check(call, pair, (np.zeros(3, int), np.zeros(3, int)))
    check(lambda x: np.trace(x, 0, 1, 1), pair)
    check(lambda x: np.trace(x, out=[0]), pair)


@given(twins(shape=SIZES), OFFSETS)
def test_indices_from(pair, k):
    check(lambda x: np.tril_indices_from(x, k), pair)
    check(lambda x: np.triu_indices_from(x, k), pair)
    check(np.diag_indices_from, pair)
    square = (np.zeros((3, 3, 3)), qv.array(np.zeros((3, 3, 3))))
    check(np.diag_indices_from, square)


@given(
    st.lists(twins(shape=shapes(4, 1)), min_size=1, max_size=3),
    st.sampled_from(["xy", "ij", "x"]),
    st.booleans(),
    st.booleans(),
)
def test_meshgrid(pairs, indexing, is_sparse, copy):
    check(lambda *x: tuple(np.meshgrid(*x, indexing=indexing, sparse=is_sparse, copy=copy)), *pairs)
    check(lambda x: tuple(np.meshgrid(x, [1, 2], 3)), pairs[0])


@given(st.lists(twins(shape=shapes(4, 2)), min_size=1, max_size=3))
def test_open_mesh(pairs):
    check(np.ix_, *pairs)
    check(lambda x: np.ix_(x, [True, False], []), pairs[0])


@given(twins(shape=shapes(5, 2)), st.none() | st.integers(-1, 4), st.booleans())
def test_vander(pair, columns, increasing):
    check(lambda x: np.vander(x, columns, increasing), pair)


@pytest.mark.parametrize("fill", [0.0, 1.0, np.nan])
@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, -0.0, np.inf]), max_size=3), st.integers(0, 4))
def test_vander_of_many(fill, values, columns):
    x = np.full(40, fill)
    x[: len(values)] = values
    check(lambda a: np.vander(a, columns), (x, qv.array(x, fill_value=fill)))


@st.composite
def vectors(draw):
    shape = [draw(st.sampled_from([1, 2])) for _ in range(draw(st.integers(0, 2)))]
    shape.insert(draw(st.integers(0, len(shape))), draw(st.sampled_from([3, 3, 3, 2, 4])))
    dtypes = [np.dtype(t) for t in ("bool", "int8", "uint16", "int64", "f4", "f8", "c16")]
    return draw(twins(dtypes, st.just(tuple(shape))))


@given(vectors(), vectors(), st.data())
@settings(max_examples=200)
def test_cross(one, other, data):
    axis = st.sampled_from([-1, -1, 0, 1, 3])
    places = [data.draw(axis) for _ in range(3)]
    check(lambda a, b: np.cross(a, b), one, other)
    check(lambda a, b: np.cross(a, b, *places), one, other)
    check(lambda a, b: np.cross(a, b, axis=places[0]), one, other)
    check(lambda a, b: np.linalg.cross(a, b), one, other)
    check(lambda a, b: np.linalg.cross(a, b, axis=places[0]), one, other)
    check(lambda a: np.cross(a, [1, 2, 3]), one)
    check(lambda a: np.cross(a, 3), one)


def test_diagonals_beyond_memory():
    x = huge((2**20, 2**20))
    rows, columns = x.spectrum.coordinates()
    row, column, value = int(rows[5]), int(columns[5]), 15.0
    k = column - row
    assert np.diag(x, k)[min(row, column)] == value
    assert np.trace(x, k) == x.eigenvalues[columns - rows == k].sum()
    assert np.tril(x, k)[row, column] == value
    assert np.triu(x, k)[row, column] == value
    assert np.tril(x, k).nactive == np.count_nonzero(columns - rows <= k)
    vector = huge((2**31,))
    at = int(vector.active_indices[5])
    assert np.diag(vector)[at, at] == value
    assert np.diagflat(vector, -7)[at + 7, at] == value
    vector = huge((LARGE,))
    matrix = np.diag(vector)
    assert matrix.shape == (LARGE, LARGE)
    at = int(vector.active_indices[5])
    assert matrix[at, at] == value
    assert np.array_equal(np.diag(matrix).active_indices, vector.active_indices)
    assert np.trace(matrix) == vector.eigenvalues.sum()
    with pytest.raises(ValueError, match="too big"):
        np.diag(vector, 1)


def test_triangles_of_other_fill_values_beyond_memory():
    x = huge((2**20, 2**20), fill=2.0)
    few = np.tril(x, 2**20 - 100)
    assert few.fill_value == 2.0
    assert few[0, 2**20 - 1] == 0.0
    assert few[100, 2**20 - 1] == x[100, 2**20 - 1]
    few = np.tril(x, -(2**20) + 100)
    assert few.fill_value == 0.0
    assert few[2**20 - 1, 0] == x[2**20 - 1, 0] == 2.0
    assert few[0, 0] == 0.0
    tall = np.triu(huge((2**38, 4), fill=2.0), 1)
    assert tall[0, 3] == 2.0
    assert tall[2**38 - 1, 3] == 0.0
    with pytest.raises(MemoryError):
        np.tril(x)
    ones = np.tri(2**20, k=2**20, like=x)
    assert ones.nbytes == 0
    assert ones[0, 2**20 - 1] == 1.0


@pytest.mark.parametrize("name", BASES)
def test_operators_beyond_memory(name):
    operator = qv.operator([2.0, 0.5, 0.5], [0, 1, LARGE - 1], LARGE, basis=name)
    assert np.trace(operator) == 3.0
    if name in ("walsh", "fourier"):
        assert np.diag(operator).nbytes == 0
        assert np.diag(operator)[7] == pytest.approx(3 / LARGE)


def test_meshes_beyond_memory():
    x = huge((LARGE,))
    one, other = np.meshgrid(x, np.ones(2), sparse=True)
    assert (one.shape, other.shape) == ((1, LARGE), (2, 1))
    one, other = np.meshgrid(x, qv.array(np.ones(2), fill_value=1.0))
    assert one.shape == other.shape == (2, LARGE)
    assert one.nactive == 20_000
    mask = x == 15.0
    (found,) = np.ix_(mask)
    assert found.todense().tolist() == [x.active_indices[5]]
    assert np.ix_(x, mask)[0].shape == (LARGE, 1)
    ones = huge((LARGE,), fill=1.0)
    got = np.vander(ones, 3)
    assert got.fill_value == 1.0
    assert got[int(ones.active_indices[5])].todense().tolist() == [225.0, 15.0, 1.0]
    a, b = huge((2**38, 3)), huge((2**38, 3))
    assert np.cross(a, b + a).shape == (2**38, 3)
    square = huge((2**30, 2**30))
    for call in (np.diag_indices_from, np.tril_indices_from, np.triu_indices_from):
        with qv.options(memory_budget=2**20), pytest.raises(MemoryError):
            call(square)
