"""Inner, outer, matrix and tensor products: NumPy is the oracle."""

import operator
import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import qvarray as qv
from tests.twin import (
    BASES,
    DTYPES,
    SPECTRAL,
    assert_same,
    check,
    dense_by_definition,
    densified,
    spectral_twins,
    twins,
)

from ..large import huge

SMALL = [np.dtype(kind) for kind in ("bool", "int8", "uint64", "float32", "float64", "complex128")]
KINDS = [*SMALL, np.dtype("float16"), np.dtype("longdouble"), np.dtype("complex64")]
STACKS = [
    ((), ()),
    ((2,), (2,)),
    ((2,), ()),
    ((), (2,)),
    ((3, 1), (1, 2)),
    ((2,), (3,)),
    ((0,), (1,)),
]


def tame(pair):
    """Numbers whose products and sums are finite in every order; the fill value stays."""
    x, y = pair
    if x.dtype.kind in "fc":
        with np.errstate(all="ignore"):
            x = np.where(np.isfinite(x) & (np.abs(x) < 9) & (np.abs(x) > 0.1), x, 0)
        x = x.astype(y.dtype)
        fill = y.fill_value if np.isin(y.fill_value, x) else 0
        y = qv.array(x, fill_value=fill)
    return x, y


def plain(shape, kinds=KINDS):
    return twins(kinds, shape if isinstance(shape, st.SearchStrategy) else st.just(shape)).map(tame)


def loose(*pairs):
    """Sums in another order: so many epsilons of such sums."""
    size = 1.0
    for x, _ in pairs:
        size *= max(float(np.abs(x.astype(complex)).sum()), 1.0)
    floats = np.result_type(*(x.dtype for x, _ in pairs)).kind in "fc"
    return {"rounding": 32.0 if floats else 0.0, "scale": size if floats else 0.0}


def compare(call, *pairs):
    check(call, *pairs, **loose(*pairs))


@st.composite
def factors(draw):
    """Shapes of two operands of a matrix product, some of which do not fit."""
    m, n, p = (draw(st.integers(0, 4)) for _ in range(3))
    stack, other = draw(st.sampled_from(STACKS))
    one = draw(st.sampled_from([(n,), (*stack, m, n), (*stack, m, n), ()]))
    two = draw(st.sampled_from([(n,), (*other, n, p), (*other, n, p), (*other, n + 1, p)]))
    return one, two


@given(factors(), st.data())
def test_matrix_products(shapes, data):
    a, b = (data.draw(plain(shape)) for shape in shapes)
    for call in (np.matmul, np.dot, np.inner, np.linalg.matmul, operator.matmul):
        compare(call, a, b)
        compare(call, a, (b[0], b[0]))
        compare(call, (a[0], a[0]), b)


def test_a_repeated_element():
    for one in (np.ones(1, np.int8), np.ones((1, 1)), np.full((1, 1, 1), 3)):
        for other in (np.ones((2, 1, 1), np.int8), np.full((2, 1, 3), 2.0)):
            compare(np.matmul, (one, qv.array(one)), (other, qv.array(other)))


@given(factors(), st.data())
def test_products_with_vectors(shapes, data):
    a, b = (data.draw(plain(shape)) for shape in shapes)
    compare(np.matvec, a, (b[0][..., 0], b[1][..., 0]) if b[0].ndim > 1 and b[0].size else b)
    compare(np.vecmat, (a[0][..., 0, :], a[1][..., 0, :]) if a[0].ndim > 1 and a[0].size else a, b)
    compare(np.vecdot, a, a)
    compare(lambda x: np.linalg.vecdot(x, x, axis=0), a)
    axis = data.draw(st.integers(-3, 3))
    compare(lambda x: np.vecdot(x, x, axis=axis) if x.ndim else 0, a)
    compare(np.vdot, a, b)


@given(st.data(), st.sampled_from([(2, 3), (3, 0), (4, 4)]))
def test_outputs_and_loops_that_are_asked_for(data, shape):
    m, n = shape
    a, b = data.draw(plain((m, n))), data.draw(plain((n, 2)))
    kind = data.draw(st.sampled_from(SMALL))
    out = np.ones((m, 2), kind)

    def into(call):
        def write(x, y, z):
            z = z.copy()
            return call(x, y, out=z) is z, z

        return write

    for call in (np.matmul, np.dot):
        compare(into(call), a, b, (out, qv.array(out)))
    compare(lambda x, y: into(np.matmul)(x, y, out)[0], a, b)
    compare(lambda x, y: np.matmul(x, y, dtype=kind), a, b)
    compare(lambda x, y: np.matmul(x, y, axes=[(0, 1), (0, 1), (0, 1)]), a, b)
    compare(lambda x, y: np.matmul(x, y, casting="no"), a, b)


@given(st.data())
def test_values_that_are_not_finite(data):
    a = data.draw(twins([np.dtype(float)], st.just((3, 2))))
    b = data.draw(twins([np.dtype(float)], st.sampled_from([(2, 3), (2,)])))
    with np.errstate(all="ignore"):
        expected, got = a[0] @ b[0], a[1] @ b[1]
        odd = ~np.isfinite(expected)
        # What overflows on the way may do so in another order.
        if (
            np.abs(np.concatenate([np.abs(a[0]).ravel(), np.abs(b[0]).ravel()]))[
                np.isfinite(np.concatenate([a[0].ravel(), b[0].ravel()]))
            ].max(initial=0)
            < 1e100
        ):
            np.testing.assert_array_equal(got.todense()[odd], expected[odd])
            assert np.array_equal(np.isfinite(got.todense()), ~odd)


@pytest.mark.parametrize("name", SPECTRAL)
def test_stacks_in_other_bases_are_not_multiplied_as_coefficients(name):
    rng = np.random.default_rng(0)
    values = rng.standard_normal(12)
    for bases in ((name, "standard", "standard"), (name,) * 3, ("standard", "standard", name)):
        y = qv.from_eigenvalues(values, rng.choice(64, 12, False), (4, 4, 4), basis=bases)
        x = dense_by_definition(y)
        compare(np.matmul, (x, y), (x, y))
        compare(np.matmul, (x, y), (x[0], y[0]))
        compare(np.matmul, (x[0], y[0]), (x, y))
        compare(lambda z: np.einsum("bij,bjk->bik", z, z), (x, y))
        compare(lambda z: np.vecdot(z, z), (x, y))
        compare(lambda z: np.matvec(z, z[0]), (x, y))


@given(spectral_twins(), spectral_twins(), st.data())
def test_products_in_any_bases(one, other, data):
    a, b = one, other
    pair = data.draw(st.sampled_from([(a, b), (a, a)]))
    for first, second in (pair, pair[::-1]):
        compare(np.dot, first, second)
        compare(np.inner, first, second)
        compare(lambda x, y: x @ y, first, second)
        compare(np.outer, first, second)
        compare(lambda x, y: np.tensordot(x, y, 0), first, second)
    axes = data.draw(st.permutations(range(a[0].ndim)))[:2]
    compare(lambda x: np.tensordot(x, x, (axes, axes)), a)
    compare(lambda x: np.vdot(x, x), a)


def test_coefficients_in_meeting_bases_are_multiplied():
    n = 2**40
    rng = np.random.default_rng(0)
    for name in ("walsh", "fourier", "cosine", "haar"):
        indices = np.sort(rng.choice(1000, 100, False)) * n // 2 + rng.integers(0, 1000, 100)
        values = rng.standard_normal(100)
        a = qv.from_eigenvalues(values, indices, (500, n), basis=("standard", name))
        x = qv.from_eigenvalues(values, rng.choice(1000, 100, False), n, basis=name)
        small = qv.from_eigenvalues(values, (indices // n) * 1024 + indices % n % 1024,
                                    (500, 1024), basis=("standard", name))  # fmt: skip
        y = qv.from_eigenvalues(values, x.active_indices, 1024, basis=name)
        scale = float(np.linalg.norm(small.todense()) * np.linalg.norm(y.todense()))
        check(
            np.matmul,
            (dense_by_definition(small), small),
            (dense_by_definition(y), y),
            rounding=100,
            scale=scale,
        )
        assert (a @ x).shape == (500,)


@st.composite
def contractions(draw):
    count = draw(st.integers(0, 2))
    shared = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    sides = []
    for _ in range(2):
        free = draw(st.lists(st.integers(0, 3), max_size=2))
        order = draw(st.permutations(range(count + len(free))))
        shape = [(shared + free)[at] for at in order]
        axes = [order.index(at) - len(shape) * draw(st.integers(0, 1)) for at in range(count)]
        sides.append((tuple(shape), axes))
    return sides


@given(contractions(), st.data())
def test_tensordot(sides, data):
    (one, at_one), (other, at_other) = sides
    a, b = data.draw(plain(one)), data.draw(plain(other))
    axes = data.draw(st.sampled_from([(at_one, at_other), (tuple(at_one), at_other)]))
    compare(lambda x, y: np.tensordot(x, y, axes), a, b)
    compare(lambda x, y: np.linalg.tensordot(x, y, axes=axes), a, b)
    for odd in (0, 1, 2, 3, (0, 0), (0, -1), ([0, 0], [0, 0]), ([0], [0, 1]), (5, 0), 1.5, [1]):
        compare(lambda x, y, odd=odd: np.tensordot(x, y, odd), a, b)


@given(st.data())
def test_outer(data):
    shapes = st.sampled_from([(), (3,), (0,), (2, 2)])
    a, b = data.draw(twins(DTYPES, shapes)), data.draw(twins(DTYPES, shapes))
    with np.errstate(all="ignore"):
        check(np.outer, a, b)
        check(np.linalg.outer, a, b)
        out = np.zeros((a[0].size, b[0].size), np.result_type(a[0], b[0]))
        check(lambda x, y, z: np.outer(x, y, out=z.copy()), a, b, (out, qv.array(out)))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(st.data())
def test_products_with_arrays_of_no_dimensions(data):
    a, b = data.draw(twins(KINDS, st.just(()))), data.draw(twins(KINDS))
    for call in (np.dot, np.inner):
        check(lambda x, y, call=call: (call(x, y), call(y, x)), a, b)


@given(st.data(), st.lists(st.integers(0, 3), min_size=3, max_size=5))
def test_multi_dot(data, sides):
    shapes: list[tuple[int, ...]] = list(pairwise(sides))
    if data.draw(st.booleans()):
        shapes[0] = shapes[0][1:]
    if data.draw(st.booleans()):
        shapes[-1] = shapes[-1][:1]
    if data.draw(st.integers(0, 9)) == 0:
        shapes[1] = (*shapes[1], 2)
    pairs = [data.draw(plain(shape)) for shape in shapes]
    compare(lambda *arrays: np.linalg.multi_dot(arrays), *pairs)
    compare(lambda x: np.linalg.multi_dot([x]), pairs[0])


@pytest.mark.parametrize("basis", BASES)
def test_inner_products_at_a_size_that_cannot_be_materialised(basis):
    n, k = 2**40, 10_000
    rng = np.random.default_rng(0)
    indices = np.sort(rng.choice(n, k, False))
    values = rng.standard_normal(k)
    x = qv.from_eigenvalues(values, indices, n, basis=basis)
    y = qv.from_eigenvalues(values[::-1], indices, n, basis=basis)
    assert np.vdot(x, y) == pytest.approx(values @ values[::-1])
    assert np.vecdot(x, y) == np.vdot(x, y)
    if basis != "fourier":
        assert np.dot(x, y) == np.inner(x, y) == pytest.approx(values @ values[::-1])
    spike = qv.from_coordinates([[5]], [2.0], n)
    assert np.vdot(x, spike) == pytest.approx(2 * np.conjugate(x[5]))


def test_products_at_a_size_that_cannot_be_materialised():
    n, k = 2**20, 10_000
    rng = np.random.default_rng(0)
    shape = (n, n)
    sides = [np.sort(rng.choice(n, k, False)) for _ in range(3)]
    a = qv.from_coordinates([sides[0], sides[1]], np.arange(1, k + 1), shape)
    b = qv.from_coordinates([sides[1], sides[2]], np.arange(1, k + 1), shape)
    c = a @ b
    assert np.array_equal(c.active_indices, sides[0] * n + sides[2])
    assert np.array_equal(c.eigenvalues, np.arange(1, k + 1) ** 2)
    for other in (np.dot(a, b), np.inner(a, b.T), np.tensordot(a, b, 1), np.linalg.matmul(a, b),
                  np.linalg.multi_dot([a, b])):  # fmt: skip
        assert np.array_equal(other.active_indices, c.active_indices)
        assert np.array_equal(other.eigenvalues, c.eigenvalues)
    ones = qv.array(np.float64(1), fill_value=1.0)
    assert ones.fill_value == 1
    full = qv.VirtualQArray(np.multiply(0.0, b[0]).spectrum) + 1.0
    assert full.nactive == 0
    assert np.array_equal((b @ full).active_indices, sides[1])
    assert np.array_equal((full @ b).active_indices, sides[2])
    assert np.tensordot(a, a, 2) == (np.arange(1, k + 1) ** 2).sum()
    v = a[int(sides[0][3])]
    assert (v @ b).nactive == 1
    assert np.matvec(b, full).nactive == k
    assert np.tensordot(v, v, 0).nactive == 1
    assert np.outer(v, v).nactive == 1


def test_constants():
    ones = qv.from_coordinates([[], []], [], (2**30, 2**30)) + 1.0
    assert (ones @ ones).fill_value == 2.0**30
    thirds = qv.from_coordinates([[], []], np.zeros(0, np.int8), (2**30, 2**30)) + np.int8(3)
    assert (thirds @ thirds).fill_value == 0
    assert (thirds @ thirds).dtype == np.int8


def test_error_bounds_pass_through_products():
    rng = np.random.default_rng(0)
    samples = np.cumsum(np.cumsum(rng.standard_normal((32, 32)), 0), 1)
    other = np.cumsum(rng.standard_normal((32, 32)), 0)
    x, y = qv.encode(samples, "cosine", tol=0.05), qv.encode(other, "cosine", tol=0.02)
    exact = samples @ other
    got = x @ y
    true = np.linalg.norm(exact - got.todense())
    assert 0 < true <= got.recovery_error * np.linalg.norm(exact)
    assert got.recovery_error < 0.5


def test_what_does_not_fit_the_budget_is_refused():
    n = 2**20
    a = qv.from_coordinates([[3], [5]], [np.inf], (n, n))
    for call in (lambda: a @ a, lambda: (a + 1) @ a):
        with pytest.raises(qv.MaterializationError):
            call()
    row, column = qv.asarray(np.ones((1, 2))), qv.asarray(np.ones((2, 1)))
    with pytest.raises(ValueError, match="too big"):
        np.tensordot(
            qv.from_coordinates([[0]], [1.0], 2**40), qv.from_coordinates([[0]], [1.0], 2**40), 0
        )
    assert (row @ column).todense().tolist() == [[2.0]]


pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")


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


SIDES = hnp.array_shapes(max_dims=3, min_side=0, max_side=3)


@given(twins(shape=SIDES), twins(shape=SIDES))
def test_kron(one, other):
    check(np.kron, one, other)
    check(lambda x: np.kron(x, [[1, 2]]), one)
    check(lambda x: np.kron(2, x), one)


@pytest.mark.parametrize("name", ["standard", "walsh"])
def test_kron_of_operators(name):
    a = qv.operator([2.0, 3.0], [0, 3], 4, basis=name)
    b = qv.operator([1.0, -1.5], [1, 2], 8, basis=name)
    got = np.kron(a, b)
    assert got.spectrum.diagonal
    assert_same(np.kron(a.todense(), b.todense()), got, rounding=16, scale=8.0)


def test_kron_beyond_memory():
    x = huge((2**15, 2**15), 100)
    got = np.kron(x, x)
    assert got.nactive == x.nactive**2
    row, column = (one.astype(np.int64) for one in x.spectrum.coordinates())
    assert got[row[3] * 2**15 + row[7], column[3] * 2**15 + column[7]] == 13.0 * 17.0
    state = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**30, basis="walsh")
    assert np.kron(state, state).bases == state.bases
    assert np.kron(state, state).eigenvalues.tolist() == [1.0, 0.5, 0.5, 0.25]


@pytest.mark.parametrize("product", [np.matmul, np.matvec, np.dot])
def test_a_matrix_and_a_vector_of_another_length(product):
    x = qv.from_coordinates([np.arange(300), np.arange(300)], np.ones(300), (300, 300))
    with pytest.raises(ValueError, match="300"):
        product(x, np.ones(299))


def test_sums_of_products_of_few_common_elements():
    rng = np.random.default_rng(3)
    x, y = (rng.standard_normal((60, 50)) * (rng.random((60, 50)) < 0.2) for _ in range(2))
    a, b = qv.asarray(x), qv.asarray(y)
    for text in ("ij,ij->i", "ij,ij->j", "ij,ij->"):
        assert_same(np.einsum(text, x, y), np.einsum(text, a, b), rounding=16, scale=8.0)
    x[3, 4], y[3, 4] = np.inf, 0.0
    with np.errstate(invalid="ignore"):
        expected = np.einsum("ij,ij->i", x, y)
    assert_same(
        expected, np.einsum("ij,ij->i", qv.asarray(x), qv.asarray(y)), rounding=16, scale=8.0
    )


@given(
    st.integers(0, 5), st.integers(0, 5), st.sampled_from(KINDS), st.sampled_from(KINDS), st.data()
)
def test_vectors_times_matrices_with_a_fill_value(n, m, one, other, data):
    small = st.integers(0, 3)
    matrix = data.draw(hnp.arrays(np.int8, (n, m), elements=small)).astype(one)
    vector = data.draw(hnp.arrays(np.int8, n, elements=small)).astype(other)
    x = qv.asarray(matrix, fill_value=matrix.dtype.type(1))
    for y in (vector, qv.asarray(vector), qv.asarray(vector, fill_value=vector.dtype.type(2))):
        check(lambda a, b: b @ a, (matrix, x), (vector, y), rounding=1e-2)
        check(lambda a, b: a.T @ b, (matrix, x), (vector, y), rounding=1e-2)


def test_vectors_times_huge_matrices_with_a_fill_value():
    n = 10**6
    x = qv.from_coordinates([[3], [5]], [4.0], (n, n), fill_value=1.0)
    got = np.arange(1.0, n + 1) @ x
    assert got.nactive == 1
    assert got[0] == n * (n + 1) / 2
    assert got[5] == got[0] + 3 * 4


@pytest.mark.parametrize("fill", [1.0, 1e16, -1e16])
def test_entries_that_are_small_beside_a_fill_value_keep_their_digits(fill):
    rng = np.random.default_rng(0)
    v = rng.standard_normal(200)
    a = np.full((200, 60), fill)
    a[:, 3] = 1e-20 * rng.standard_normal(200)
    a[:100, 7] = 0.0
    a[:, 9] = 0.0
    x = qv.asarray(a, fill_value=fill)
    for got, expected in ((v @ x, v @ a), (x.T @ v, a.T @ v)):
        allowed = 1e-13 * (np.abs(v) @ np.abs(a))
        assert np.all(np.abs(np.asarray(got) - expected) <= allowed)


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.complex128])
@pytest.mark.parametrize("columns", [(), (1,), (5,)])
@pytest.mark.parametrize("each", [2, 30])
def test_sparse_matrices_and_dense_arrays(each, columns, dtype):
    rng = np.random.default_rng(each)
    dense = rng.integers(-9, 10, (40, 60)) * (rng.random((40, 60)) < each / 60)
    dense = dense.astype(dtype)
    dense[7] = 0
    x = qv.asarray(dense)
    right, left = (rng.integers(-9, 10, (n, *columns)).astype(dtype) for n in (60, 40))
    for what in {"i": (1,), "f": (1, np.nan, np.inf), "c": (1, np.nan)}[x.dtype.kind]:
        # No entry is in row 7: that elements there are not finite, they alone tell.
        left[7] = right[3] = what
        with np.errstate(all="ignore"):
            expected = dense @ right, dense.T @ left, left.T @ dense, right.T @ dense.T
        for one, got in zip(
            expected, (x @ right, x.T @ left, left.T @ x, right.T @ x.T), strict=True
        ):
            assert got.dtype == one.dtype
            assert np.array_equal(densified(got), one, equal_nan=True)


@pytest.mark.parametrize("basis", SPECTRAL)
@pytest.mark.parametrize(
    "product",
    [np.outer, lambda x, y: np.tensordot(x, y, 0), lambda x, y: np.tensordot(x, y, 1), np.matmul],
)
@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.filterwarnings("ignore:invalid")
def test_products_of_coefficients_that_overflow(product, basis):
    x = qv.from_eigenvalues([1e200, 3e199], [0, 4], 8, basis=basis, dtype=float)
    y = qv.from_eigenvalues([2e200, 1.0], [0, 4], 8, basis=basis, dtype=float)
    check(product, (x.todense(), x), (y.todense(), y), rounding=100)
    table = (x.todense()[:, None] * np.ones(3), x[:, None] * qv.ones((1, 3)))
    check(lambda x, y: y @ x, table, (y.todense(), y), rounding=100)


@pytest.mark.parametrize("other", ["cosine", "standard", "fourier"])
@pytest.mark.parametrize("product", [np.matmul, lambda x, y: np.tensordot(x, y, 1)])
def test_coefficients_of_what_is_left_of_complex_bases_are_real(product, other):
    rng = np.random.default_rng(0)
    samples = rng.standard_normal((2, 16, 16))
    x = qv.asarray(samples[0]).to_basis((other, "fourier"))
    y = qv.asarray(samples[1]).to_basis(("fourier", other))
    check(product, (samples[0], x), (samples[1], y), rounding=100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        product(x, y)
