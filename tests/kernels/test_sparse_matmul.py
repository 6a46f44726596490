"""Products of sparse matrices, against dense ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from qvarray.kernels import dense_lines, sparse_matmul, threads, words


@st.composite
def stacks(draw, rows, columns, stack, dtype):
    values = st.integers(-9, 9).map(dtype.type)
    shape = (stack, rows, columns)
    x = draw(hnp.arrays(dtype, shape, elements=values, fill=st.just(dtype.type(0))))
    return x, np.flatnonzero(x).astype(draw(st.sampled_from([np.int32, np.int64])))


def entries(x, indices):
    return x.ravel()[indices]


@pytest.fixture(params=[1, 1 << 17])
def _threaded(request, monkeypatch):
    for module in (dense_lines, sparse_matmul):
        monkeypatch.setattr(module, "_WORTH_A_THREAD", 0 if request.param == 1 else request.param)
    monkeypatch.setattr(threads, "workers", lambda: 3)


@pytest.fixture(params=[0, 1 << 12])
def _tables(request, monkeypatch):
    monkeypatch.setattr(sparse_matmul, "_SMALL_TABLE", request.param)
    monkeypatch.setattr(sparse_matmul, "_TABLE", 4 if request.param else 0)


@pytest.mark.usefixtures("_threaded", "_tables")
@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.complex128, np.longdouble])
def test_products(dtype):
    dtype = np.dtype(dtype)

    @given(st.data(), *(st.integers(0, 5) for _ in range(4)))
    def run(data, stack, m, n, p):
        a, ia = data.draw(stacks(m, n, stack, dtype))
        b, ib = data.draw(stacks(n, p, stack, dtype))
        expected = a @ b
        terms = ((a != 0).astype(int) @ (b != 0).astype(int)).ravel()
        plan = sparse_matmul.plan(ia, ib, stack, m, n, p)
        assert plan.products == terms.sum()
        count = sparse_matmul.count(plan)
        assert count == np.count_nonzero(terms)
        for most in (plan.products, count):
            indices, values = sparse_matmul.sparse_sparse(
                plan, entries(a, ia), entries(b, ib), np.dtype(np.int64), most
            )
            assert np.array_equal(indices, np.flatnonzero(expected))
            assert np.array_equal(values, expected.ravel()[indices])
            assert not np.signbit(values.real[values.real == 0]).any()
        rows, lines = sparse_matmul.sparse_dense(ia, entries(a, ia), m, n, b.reshape(stack * n, p))
        assert np.array_equal(rows, np.flatnonzero((a != 0).any(2)))
        assert np.array_equal(lines, expected.reshape(stack * m, p)[rows])
        dense = b.reshape(stack * n, p)
        rows, lines = sparse_matmul.sparse_dense(ia, entries(a, ia), m, n, dense, stack * m)
        assert np.array_equal(lines, expected.reshape(stack * m, p))
        got = sparse_matmul.dense_sparse(a.reshape(stack * m, n), m, n, p, ib, entries(b, ib))
        assert np.array_equal(got, expected.reshape(stack * m, p))
        if stack == 1 and p and dtype != np.longdouble:
            got, _ = dense_lines.sparse_vector(ia, entries(a, ia), m, b[0, :, 0].copy())
            assert np.array_equal(got, expected[0, :, 0])
            lines, _ = dense_lines.sparse_columns(b[0], ia, entries(a, ia), m)
            assert np.array_equal(lines, expected[0])
        if stack == 1 and m and dtype != np.longdouble:
            got, _ = dense_lines.vector_sparse(a[0, 0].copy(), ib, entries(b, ib), p)
            assert np.array_equal(got, expected[0, 0])
            columns = np.ascontiguousarray(a[0].T)
            got, _ = dense_lines.vector_sparse(columns, ib, entries(b, ib), p)
            assert np.array_equal(got, expected[0].T)

    run()


@pytest.mark.parametrize("width", [63, 64, 65, 4095, 4096, 4097, 300_000])
@pytest.mark.parametrize("terms", [5, 8, 50])
def test_columns_come_in_order(width, terms):
    rng = np.random.default_rng(width)
    lists = [np.sort(rng.choice(width, terms, False)) for _ in range(2)]
    b = np.concatenate([lists[0], width + lists[1]])
    # The last row is that of the first again: what they are added up in is left as it was.
    a = np.array([0, 1, 2, 4, 5])
    plan = sparse_matmul.plan(a, b, 1, 3, 2, width)
    values = rng.integers(1, 9, b.size).astype(float)
    indices, sums = sparse_matmul.sparse_sparse(
        plan, np.ones(5), values, np.dtype(np.int64), plan.products
    )
    first, second = np.zeros((2, width))
    first[lists[0]], second[lists[1]] = values[:terms], values[terms:]
    expected = np.concatenate([first + second, first, first + second])
    assert np.array_equal(indices, np.flatnonzero(expected))
    assert np.array_equal(sums, expected[indices])


def test_matrices_much_larger_than_their_entries():
    n = 2**31
    a = np.array([5 * n + 7, 5 * n + n - 1, (n - 1) * n + 7])
    b = np.array([7 * n + 3, 7 * n + n - 1, (n - 1) * n + 3])
    plan = sparse_matmul.plan(a, b, 1, n, n, n)
    values = np.array([2.0, 3.0, 5.0])
    indices, sums = sparse_matmul.sparse_sparse(
        plan, values, values, np.dtype(np.int64), plan.products
    )
    end = (n - 1) * n
    assert indices.tolist() == [5 * n + 3, 5 * n + n - 1, end + 3, end + n - 1]
    assert sums.tolist() == [4.0 + 15.0, 6.0, 10.0, 15.0]


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
def test_what_is_finite(dtype):
    info = np.finfo(np.float64)
    values = np.array([0.0, -0.0, info.max, info.min, info.tiny, info.smallest_subnormal], dtype)
    assert dense_lines.is_finite(values)
    for odd in (
        np.nan,
        -np.nan,
        np.inf,
        -np.inf,
        *([1j * np.inf] if dtype == np.complex128 else []),
    ):
        for place in (0, 3, 5):
            other = values.copy()
            other[place] = odd
            assert not dense_lines.is_finite(other)


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.complex128])
@pytest.mark.parametrize("each", [1, 5, 7, 8, 9, 40])
def test_rows_of_few_entries_and_of_many(each, dtype):
    rng = np.random.default_rng(each)
    rows, n = 300, 50
    dense = np.where(rng.random((rows, n)) < each / n, rng.integers(-9, 10, (rows, n)), 0)
    dense = dense.astype(dtype)
    indices = np.flatnonzero(dense)
    values = dense.ravel()[indices]
    for width in (1, 3, 8, 20):
        x = rng.integers(-9, 10, (n, width)).astype(dtype)
        y = rng.integers(-9, 10, (rows, width)).astype(dtype)
        assert np.array_equal(dense_lines.sparse_columns(x, indices, values, rows)[0], dense @ x)
        assert np.array_equal(dense_lines.vector_sparse(y, indices, values, n)[0], dense.T @ y)
    x, y = x[:, 0].copy(), y[:, 0].copy()
    got, are_finite = dense_lines.sparse_vector(indices, values, rows, x)
    assert np.array_equal(got, dense @ x)
    assert are_finite
    assert np.array_equal(dense_lines.vector_sparse(y, indices, values, n)[0], dense.T @ y)
    if got.dtype.kind in "fc":
        x[:1] = np.nan
        assert not dense_lines.sparse_vector(indices, values, rows, x)[1]
        assert not dense_lines.sparse_columns(x[:, None], indices, values, rows)[1]
        y[-1:] = -np.inf
        for line in (y, y[:, None]):
            assert not dense_lines.vector_sparse(line, indices, values, n)[1]


@given(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_quotients_of_words(x, divisor):
    for n in (divisor, divisor >> 31 or 1, 1, 2**63 - 1):
        got = words.divided(np.uint64(x), np.uint64(n), np.uint64(words.reciprocal(np.uint64(n))))
        assert tuple(map(int, got)) == divmod(x, n)
