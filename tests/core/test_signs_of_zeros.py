"""The sign of a zero makes no inactive position active, no array dense, and no call refused."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.fill import common_fill, fills_alike
from qvarray.ufuncs import smaller_operands

from ..huge import peak_of
from ..twin import FLOATS, check

N = 10**6


def bits(x):
    return [float(part) for part in (np.real(x), np.imag(x))], np.signbit([np.real(x), np.imag(x)])


@pytest.mark.parametrize("dtype", FLOATS)
def test_zeros_of_both_signs_are_one_fill(dtype):
    zero, minus = dtype.type(0), -dtype.type(1) * dtype.type(0)
    minus = dtype.type(complex(-0.0, 0.0)) if dtype.kind == "c" else minus
    for values, fill in [
        ([zero, minus], zero),
        ([minus, minus], minus),
        ([zero], zero),
        ([dtype.type(3), dtype.type(3)], dtype.type(3)),
    ]:
        found = common_fill(np.array(values, dtype))
        assert found.dtype == dtype
        np.testing.assert_array_equal(np.signbit(found.real), np.signbit(fill.real))
        assert found == fill
    assert common_fill(np.array([0, 1], dtype)) is None
    assert np.isnan(common_fill(np.full(2, np.nan, dtype)))
    assert common_fill(np.array([np.nan, 0], dtype)) is None


def test_parts_of_complex_fills_are_looked_at_each():
    values = [complex(-0.0, 1.0), complex(0.0, 1.0)]
    found = fills_alike(*map(np.complex128, values))
    assert found == 1j
    assert not np.signbit(found.real)
    found = fills_alike(np.complex128(complex(-0.0, -0.0)), np.complex128(complex(-0.0, 0.0)))
    assert np.signbit([found.real, found.imag]).tolist() == [True, False]
    assert fills_alike(np.complex128(1j), np.complex128(2j)) is None


@st.composite
def sparse_pairs(draw, shape, dtypes=FLOATS):
    """An ndarray of few elements that are not zeros of one sign, and its twin."""
    dtype = draw(st.sampled_from(dtypes))
    size = int(np.prod(shape))
    x = np.full(size, draw(st.sampled_from([0.0, -0.0])), dtype)
    fill = x[0] if size else dtype.type(0)
    for _ in range(draw(st.integers(0, 3))):
        if size:
            x[draw(st.integers(0, size - 1))] = draw(st.sampled_from([-2, 3, 0.0, -0.0, -1]))
    x = x.reshape(shape)
    return x, qv.array(x, fill_value=fill)


sides = st.sampled_from([0, 1, 3, 10])
ufuncs = st.sampled_from([np.multiply, np.divide, np.add, np.subtract, np.copysign])


def as_dense(pair):
    return pair[0], pair[0]


@given(st.data(), sides, sides, ufuncs)
def test_arrays_with_smaller_ones(data, m, n, ufunc):
    real = [dtype for dtype in FLOATS if dtype.kind == "f"]
    dtypes = real if ufunc is np.copysign else FLOATS
    x = data.draw(sparse_pairs((m, n), dtypes))
    row, column = data.draw(sparse_pairs((n,), dtypes)), data.draw(sparse_pairs((m, 1), dtypes))
    for small in (row, column, as_dense(row), as_dense(column)):
        check(ufunc, x, small)
        check(ufunc, small, x)
    check(ufunc, row, column)
    check(ufunc, as_dense(row), column)


@given(st.data(), sides, sides)
def test_choices_by_smaller_masks(data, m, n):
    x, y = data.draw(sparse_pairs((m, n))), data.draw(sparse_pairs((m, n)))
    row, column = data.draw(sparse_pairs((n,))), data.draw(sparse_pairs((m, 1)))
    for mask in (row, column):
        check(lambda mask, x: np.where(mask != 0, -x, x), mask, x)
        check(lambda mask, x, y: np.where(mask != 0, -x, y), as_dense(mask), x, y)

        def negated(mask, x):
            out = x.copy()
            np.negative(out, out=out, where=mask != 0)
            return out

        check(negated, mask, x)
    check(lambda row, column, x: np.where(row != 0, column, -x), row, column, x)


@given(st.data(), sides, sides, st.integers(0, 1))
def test_joins(data, m, n, axis):
    x, y = data.draw(sparse_pairs((m, n))), data.draw(sparse_pairs((m, n)))
    check(lambda x, y: np.concatenate([x, -y], axis), x, y)
    check(lambda x, y: np.stack([x, -x, y], axis), x, y)
    check(lambda x, y: np.block([[x, -y], [-y, x]]), x, y)
    check(lambda x: np.pad(x, 1), x)
    check(lambda x: np.pad(-x, ((0, 2), (1, 0))), x)
    check(lambda x, y: np.append(x, -y, axis), x, y)


@given(st.data(), sides, sides, st.integers(-3, 3))
def test_triangles_and_diagonals(data, m, n, k):
    x, v = data.draw(sparse_pairs((m, n))), data.draw(sparse_pairs((n,)))
    for cut in (np.triu, np.tril):
        check(lambda x: cut(x, k), x)  # noqa: B023
        check(lambda x: cut(-x, k), x)  # noqa: B023
    check(lambda v: np.diag(-v, k), v)


@given(st.data(), sides)
def test_products(data, n):
    x, y = data.draw(sparse_pairs((n,))), data.draw(sparse_pairs((3,)))
    for product in (np.outer, np.kron, np.multiply.outer, np.divide.outer):
        check(product, x, y)
        check(product, y, x)


@given(st.data(), st.sampled_from([1, 3, 10]), st.sampled_from([1, 3, 10]))
def test_writes(data, m, n):
    x, row = data.draw(sparse_pairs((m, n))), data.draw(sparse_pairs((n,)))

    def run(write):
        def call(x, row):
            out = x.copy()
            write(out, row)
            return out

        if np.can_cast(row[0].dtype, x[0].dtype):
            check(call, x, row)

    def negate_row(x, row):
        x[0] = -x[0]

    def scale_columns(x, row):
        x[:, ::2] *= -1

    def scale(x, row):
        x *= row

    def write_row(x, row):
        x[-1] = row

    def write_rows(x, row):
        x[[0, -1]] = -x[[-1, 0]]

    for write in (negate_row, scale_columns, scale, write_row, write_rows):
        run(write)


def test_what_is_stored_keeps_its_sign():
    x = qv.from_coordinates([[1, 2], [3, 4]], [1.0, -2.0], (N, N))
    row = np.ones(N)
    row[3] = -0.0
    y = x * row
    assert y.nactive == 2
    assert np.signbit(y[1, 3])
    assert np.signbit((-x).source.fill_value)
    assert not np.signbit(np.vstack([x, -x]).source.fill_value)


@pytest.fixture(scope="module")
def matrix():
    random = np.random.default_rng(0)
    places = random.integers(0, N, (2, 1000))
    return qv.from_coordinates(places, random.standard_normal(1000), (N, N))


@pytest.fixture(scope="module")
def vector():
    return np.random.default_rng(1).standard_normal(N)


def written(matrix, key, by=-1):
    y = matrix.copy()
    y[key] *= by
    return y


LARGE = {
    "row": (lambda x, v: x * v, 1000),
    "column": (lambda x, v: v[:, None] * x, 1000),
    "quotient": (lambda x, v: x / v, 1000),
    "sparse row": (lambda x, v: (x + x.T) * qv.from_coordinates([1], [-1.0], N), None),
    "vstack": (lambda x, v: np.vstack([x, -x]), 2000),
    "block": (lambda x, v: np.block([[x, -x.T], [-x, x.T]]), 4000),
    "concatenate": (lambda x, v: np.concatenate([x, -x], 1), 2000),
    "triu": (lambda x, v: np.triu(-x), None),
    "pad": (lambda x, v: np.pad(-x, 1), 1000),
    "where row": (lambda x, v: np.where(v > 0, -x, x), 1000),
    "where column": (lambda x, v: np.where(v[:, None] > 0, -x, x), 1000),
    "stack": (lambda x, v: np.stack([x[0], -x[1], x[2]]), None),
    "row written": (lambda x, v: written(x, 5), 1000),
    "columns written": (lambda x, v: written(x, np.s_[:, :10000]), 1000),
    "rows written": (lambda x, v: written(x, [5, 7]), 1000),
    "scaled in place": (lambda x, v: written(x, ..., v), 1000),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_results_stay_sparse(name, matrix, vector):
    call, count = LARGE[name]
    y = call(matrix, vector)
    y.spectrum.check()
    assert y.source.fill_value == 0
    assert not np.signbit(y.source.fill_value)
    assert y.nactive == count if count is not None else y.nactive <= 3000


def test_elements_of_large_results(matrix, vector):
    i, j = (int(part[7]) for part in matrix.source.coordinates())
    element = matrix[i, j]
    assert (matrix * vector)[i, j] == element * vector[j]
    assert (vector[:, None] * matrix)[i, j] == vector[i] * element
    assert np.where(vector > 0, -matrix, matrix)[i, j] == (-element if vector[j] > 0 else element)
    assert np.vstack([matrix, -matrix])[N + i, j] == -element
    assert np.pad(-matrix, 1)[i + 1, j + 1] == -element


def test_outer_products_of_sparse_vectors():
    a = qv.from_coordinates([3, 70], [2.0, -3.0], N)
    b = qv.from_coordinates([5, 9], [-1.0, 4.0], N)
    for y in (np.outer(a, b), np.multiply.outer(a, b), a[:, None] * b[None, :], b * a[:, None]):
        assert y.shape == (N, N)
        assert y.nactive == 4
        assert (y[3, 5], y[70, 9], y[70, 5]) == (-2.0, -12.0, 3.0)
        assert not np.signbit(y.source.fill_value)
    y = np.kron(a, b)
    assert y.nactive == 4
    assert y[3 * N + 9] == 8.0


@given(st.data(), st.sampled_from([1, 3, 10]), st.sampled_from([1, 3, 10]), st.integers(0, 1))
def test_accumulations(data, m, n, axis):
    x = data.draw(sparse_pairs((m, n)))
    for ufunc in (np.multiply, np.add, np.subtract):
        check(lambda x: ufunc.accumulate(x, axis), x)  # noqa: B023
        starts = sorted({0, m // 2, n // 2} & set(range((m, n)[axis])))
        check(lambda x: ufunc.reduceat(x, starts, axis), x)  # noqa: B023


def test_products_along_a_large_axis(matrix):
    for y in (np.cumprod(matrix, 0), np.multiply.accumulate(-matrix, 1)):
        assert y.nactive <= 1000
        assert y.source.fill_value == 0


@pytest.fixture
def small_pieces(monkeypatch):
    """Combinations of smaller operands a few at a time, and extremes alone where that tells."""
    monkeypatch.setattr(smaller_operands, "_PIECE", 3)
    monkeypatch.setattr(smaller_operands, "_MANY", 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), sides, sides)
def test_bounds_and_several_results(small_pieces, data, m, n):
    real = [dtype for dtype in FLOATS if dtype.kind == "f"]
    x = data.draw(sparse_pairs((m, n), real))
    row, column = data.draw(sparse_pairs((n,), real)), data.draw(sparse_pairs((m, 1), real))
    # NumPy's loops differ in which of two zeros is the smaller one.
    check(lambda x, row, column: np.clip(x, -1 - abs(row), abs(column) + 1), x, row, column)
    check(lambda x, row: np.divmod(x, row)[0], x, row)
    check(lambda x, row: np.divmod(x, row)[1], x, as_dense(row))
    check(np.multiply, x, as_dense(row))
    check(np.maximum, x, column)


def test_bounds_of_large_arrays(matrix, vector):
    low, high = -abs(vector), abs(vector)[:, None]
    y = np.clip(matrix, low, high)
    assert y.nactive == matrix.nactive
    i, j = (int(part[7]) for part in matrix.source.coordinates())
    assert y[i, j] == np.clip(matrix[i, j], low[j], high[i, 0])
    quotient, rest = np.divmod(matrix, abs(vector))
    assert quotient.nactive <= rest.nactive <= matrix.nactive
    assert rest[i, j] == matrix[i, j] % abs(vector[j])
    with pytest.raises(qv.MaterializationError):
        np.clip(matrix, low + 1, high)


def test_rows_divided_by_their_sums(matrix):
    sums = matrix.sum(axis=1, keepdims=True)
    with pytest.raises(qv.MaterializationError):
        matrix / sums  # NaN in every row of zeros
    y = np.divide(matrix, sums, out=np.zeros_like(matrix), where=sums != 0)
    assert y.nactive == matrix.nactive
    np.testing.assert_allclose(y.sum(axis=1)[int(matrix.source.coordinates()[0][3])], 1.0)


def test_a_slab_along_each_axis():
    cube = qv.from_coordinates([[5, 99], [7, 98], [9, 97]], [1.0, -2.0], (100, 2000, 2000))
    random = np.random.default_rng(2)
    for shape in ((1, 2000, 2000), (100, 1, 2000), (100, 2000, 1), (100, 1, 1), (2000, 1)):
        slab = random.integers(1, 9, shape, np.int8)
        y = cube * slab
        assert y.nactive == 2
        assert y[5, 7, 9] == np.broadcast_to(slab, cube.shape)[5, 7, 9]


def test_comparisons_take_the_memory_of_their_result():
    labels = qv.asarray(np.random.default_rng(3).integers(0, 50, 10**5))
    one_hot, peak = peak_of(lambda: labels[:, None] == np.arange(50))
    assert peak < 2 * one_hot.virtual_nbytes
    assert (np.asarray(one_hot).sum(1) == 1).all()
