"""Sparse arrays of SciPy: converted from and to, and as operands, in every format."""

import operator
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csgraph
from scipy.sparse.linalg import aslinearoperator, eigsh, spsolve

import qvarray as qv

same = np.testing.assert_array_equal

FORMATS = ["bsr", "coo", "csc", "csr", "dia", "dok", "lil"]
DTYPES = "?bBhHiIlLqQfdgFDG"
MATRICES = {"array": sp.coo_array, "matrix": sp.coo_matrix}


@st.composite
def entries(draw, most=7, repeat=True):
    """Rows, columns, values and the shape of a small matrix; entries may repeat, or be 0."""
    shape = (draw(st.integers(1, most)), draw(st.integers(1, most)))
    count = draw(st.integers(0, 12))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    rows, columns = rng.integers(0, shape[0], count), rng.integers(0, shape[1], count)
    if not repeat:
        flat = np.unique(rows * shape[1] + columns)
        rows, columns = flat // shape[1], flat % shape[1]
    values = rng.integers(0 if dtype.kind in "bu" else -3, 4, rows.size).astype(dtype)
    return rows, columns, values, shape


@given(entries(), st.sampled_from(FORMATS), st.sampled_from(sorted(MATRICES)))
def test_from_every_format(given, name, kind):
    rows, columns, values, shape = given
    a = MATRICES[kind]((values, (rows, columns)), shape)
    try:
        a = a.asformat(name)
    except (TypeError, ValueError, NotImplementedError):
        return  # SciPy has not all formats of all dtypes
    dense = a.toarray()
    for x in (qv.from_scipy(a), qv.asarray(a), qv.array(a)):
        x.spectrum.check()
        same(np.asarray(x), dense)


@given(entries(repeat=False), st.sampled_from(FORMATS))
def test_to_every_format(given, name):
    rows, columns, values, shape = given
    x = qv.from_coordinates([rows, columns], values, shape)
    try:
        expected = sp.coo_array(x.todense()).asformat(name)
    except (TypeError, ValueError, NotImplementedError) as error:
        with pytest.raises(type(error)):
            qv.to_scipy(x, name)
        return
    got = qv.to_scipy(x, name)
    assert isinstance(got, sp.sparray)
    assert got.format == name
    assert got.dtype == x.dtype
    same(got.toarray(), x.todense())
    if name in ("csr", "csc"):
        got.check_format(full_check=True)
        assert got.has_canonical_format
        assert got.indices.dtype == expected.indices.dtype


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (0, 4), (4, 0), (1,)])
def test_any_number_of_axes(shape):
    rng = np.random.default_rng(0)
    dense = rng.standard_normal(shape) * (rng.random(shape) < 0.4)
    a = sp.coo_array(dense)
    x = qv.from_scipy(a)
    same(np.asarray(x), dense)
    back = qv.to_scipy(x)
    assert back.format == ("csr" if len(shape) == 2 else "coo")
    same(back.toarray(), dense)
    same(qv.to_scipy(dense).toarray(), dense)


def test_entries_in_any_order_and_repeated():
    indptr, indices = np.array([0, 3, 4]), np.array([2, 0, 2, 1])
    a = sp.csr_array((np.array([1.0, 2.0, 3.0, 4.0]), indices, indptr), (2, 3))
    x = qv.from_scipy(a)
    same(np.asarray(x), [[2.0, 0.0, 4.0], [0.0, 4.0, 0.0]])
    # What was given is as it was.
    assert a.nnz == 4
    np.testing.assert_array_equal(a.indices, indices)


def test_nothing_is_shared_unless_asked_for():
    a = sp.eye_array(5, format="csr")
    x = qv.from_scipy(a)
    a.data[:] = 7
    assert x[2, 2] == 1
    b = qv.to_scipy(x)
    b.data[:] = 7
    assert x[2, 2] == 1
    c = qv.to_scipy(x, copy=False)
    assert np.shares_memory(c.data, x.eigenvalues)
    with pytest.raises(ValueError, match="read-only"):
        c.data[0] = 7
    same(operator.matmul(c, c).toarray(), np.eye(5))


def test_huge():
    n = 2**30
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, n, (2, 1000))
    values = rng.standard_normal(1000)
    with qv.options(memory_budget=2**20):
        a = sp.coo_array((values, (rows, columns)), (n, n))
        x = qv.asarray(a)
        assert x.nactive == 1000
        assert x[rows[0], columns[0]] == values[0]
        back = qv.to_scipy(x, "coo")
        assert np.array_equal(np.sort(back.data), np.sort(values))
        total = operator.add(x, a)
        assert total.nactive == 1000
        assert total[rows[3], columns[3]] == 2 * values[3]
        assert (x == a).fill_value
        assert operator.sub(a * 1.0, x).nactive == 0
        with pytest.raises(qv.MaterializationError, match="format='coo'"):
            qv.to_scipy(x)


OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.matmul,
]


def _dense(x):
    return x.toarray() if sp.issparse(x) else np.asarray(x)


def _outcome(call, *operands):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _dense(call(*operands))
        except Exception as error:
            return error


@given(
    entries(5),
    entries(5),
    st.sampled_from(OPERATORS),
    st.sampled_from(sorted(MATRICES)),
    st.sampled_from(["coo", "csc", "csr"]),
)
def test_operators(one, other, call, kind, name):
    """The elements are those that an ndarray gives; the type is ours where we are asked."""
    dtype = other[2].dtype
    dense = sp.coo_array((one[2].real.astype(dtype), (one[0], one[1])), one[3]).toarray()
    x = qv.asarray(dense)
    a = MATRICES[kind]((other[2], (other[0], other[1])), other[3]).asformat(name)
    for first, second in (((dense, a), (x, a)), ((a, dense), (a, x))):
        expected, got = _outcome(call, *first), _outcome(call, *second)
        if isinstance(expected, Exception):
            # SciPy refuses shapes that broadcast; NumPy does not.
            assert isinstance(got, Exception) or np.broadcast_shapes(x.shape, a.shape)
            continue
        assert not isinstance(got, Exception), got
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("call", OPERATORS)
def test_operators_of_large_arrays_are_ours(call, name):
    n = 2**17
    where = ([3, 5, n - 1], [3, 7, 5])
    a = sp.coo_array(([1.0, 2.0, 3.0], where), (n, n)).asformat(name)
    x = qv.from_coordinates([[5, 7], [5, n - 1]], [4.0, 5.0], (n, n))
    with qv.options(memory_budget=2**22):
        got = call(a, x)
        assert type(got) is qv.VirtualQArray
        assert not np.count_nonzero(got != call(qv.asarray(a), x))


def test_what_scipy_reads_is_read_within_the_budget():
    n = 2**17
    a: Any = sp.diags_array(np.arange(1.0, n + 1), format="csr")
    x = qv.from_coordinates([5], [2.0], n)
    same(a @ x, a @ x.todense())
    same(a.dot(x), a @ x.todense())
    y = qv.asarray(np.arange(3.0 * n).reshape(n, 3))
    same(a @ y, a @ y.todense())
    same(np.asarray(sp.dok_array(np.arange(3.0)) @ y[:3, :1]), np.arange(3.0) @ y[:3, :1].todense())
    with qv.options(memory_budget=2**19):
        for got in (a @ x, a.dot(x)):
            assert type(got) is qv.VirtualQArray
            assert (got.nactive, got[5]) == (1, 12.0)
        # What is no operator has no other operand to be left to.
        with pytest.raises(qv.MaterializationError, match=r"qvarray\.to_scipy"):
            a.multiply(x)
    same(a.multiply(x).tocsr()[[5], [5]], [12.0])


@pytest.mark.parametrize("make", [sp.csr_array, sp.csc_array, sp.csr_matrix, sp.coo_array])
def test_constructors_of_scipy_name_what_converts(make):
    x = qv.from_coordinates([[5], [7]], [2.0], (2**30, 2**30))
    with pytest.raises((ValueError, MemoryError), match=r"Instead: qvarray\.to_scipy\(x\)"):
        make(x)
    same(make(x[:9, :9]).toarray(), x[:9, :9].todense())


def test_stars_of_matrices_are_products():
    x = qv.asarray(np.arange(6.0).reshape(2, 3))
    m = sp.csr_matrix(np.arange(12.0).reshape(3, 4))
    same(np.asarray(x * m), x.todense() @ m.toarray())
    assert type(operator.mul(x, m)) is qv.VirtualQArray
    y = x
    y *= m
    same(np.asarray(y), x.todense() @ m.toarray())
    with pytest.raises(TypeError):
        x**m
    a = sp.csr_array(np.ones((2, 3)))
    same(np.asarray(x * a), x.todense())


def test_augmented_assignments_bind_anew():
    dense = np.arange(6).reshape(2, 3)
    a = sp.csr_array(dense * 0.5)
    x = y = qv.asarray(dense)
    d = e = dense.copy()
    x += a
    d += a
    same(np.asarray(x), d)
    same(np.asarray(y), e)


def test_functions_and_ufuncs():
    rng = np.random.default_rng(0)
    dense = rng.standard_normal((4, 4)) * (rng.random((4, 4)) < 0.5)
    other = rng.standard_normal((4, 4)) * (rng.random((4, 4)) < 0.5)
    x, a = qv.asarray(dense), sp.csr_array(other)
    for call in (
        lambda x, a: np.add(x, a),
        lambda x, a: np.multiply(a, x),
        lambda x, a: np.maximum(x, a),
        lambda x, a: np.dot(x, a),
        lambda x, a: np.concatenate([x, a]),
        lambda x, a: np.vstack([x, a]),
        lambda x, a: np.where(x > 0, x, a),
        lambda x, a: np.allclose(x, a),
        lambda x, a: np.kron(x, a),
    ):
        np.testing.assert_allclose(np.asarray(call(x, a)), call(dense, other))
    for single in (
        lambda a: qv.encode(a),
        lambda a: qv.encode(a, "walsh"),
        lambda a: qv.sum(a, axis=0),
        lambda a: qv.matmul(a, a),
        lambda a: qv.sqrt(abs(a)),
    ):
        np.testing.assert_allclose(np.asarray(single(a)), np.asarray(single(other)), atol=1e-12)


def test_algorithms_of_scipy():
    rng = np.random.default_rng(0)
    n = 40
    dense = rng.random((n, n)) * (rng.random((n, n)) < 0.2)
    x = qv.asarray(dense)
    function: Any
    for function in (csgraph.shortest_path, csgraph.connected_components, csgraph.laplacian):
        got, expected = function(qv.to_scipy(x)), function(sp.csr_array(dense))
        if isinstance(got, tuple):
            got, expected = got[1], expected[1]
        np.testing.assert_allclose(_dense(got), _dense(expected))
    matrix = dense @ dense.T + np.eye(n)
    y = qv.asarray(matrix)
    b = rng.standard_normal(n)
    np.testing.assert_allclose(spsolve(qv.to_scipy(y, "csc"), b), np.linalg.solve(matrix, b))
    values = eigsh(aslinearoperator(qv.to_scipy(y)), 3, return_eigenvectors=False)
    np.testing.assert_allclose(np.sort(values), np.linalg.eigvalsh(matrix)[-3:])


def _compressed(kind, data, indices, indptr, shape):
    """Make a matrix of arrays that SciPy's constructor would not take."""
    a = kind(shape)
    a.data, a.indices, a.indptr = np.array(data), np.array(indices), np.array(indptr)
    return a


@pytest.mark.parametrize(
    ("arrays", "error", "words"),
    [
        (([1.0], [7], [0, 1, 1, 1], (3, 4)), IndexError, "7 is out of bounds for size 4"),
        (([1.0], [-1], [0, 1, 1, 1], (3, 4)), IndexError, "-1 is out of bounds for size 4"),
        (([1.0], [1], [0, 1, 0, 1], (3, 4)), ValueError, "must not decrease: 0 follows 1"),
        (([1.0], [1], [0, 1, 1, 9], (3, 4)), ValueError, "ends with 9"),
        (([1.0], [1], [0, 1], (3, 4)), ValueError, "must have 4 entries"),
    ],
)
def test_arrays_that_do_not_fit(arrays, error, words):
    data, indices, indptr, shape = arrays
    for a in (
        _compressed(sp.csr_array, data, indices, indptr, shape),
        _compressed(sp.csc_matrix, data, indices, indptr, shape[::-1]),
    ):
        with pytest.raises(error, match=words):
            qv.from_scipy(a)


def test_bad_input():
    with pytest.raises(TypeError, match="got list"):
        qv.from_scipy([1, 2])
    with pytest.raises(TypeError, match=r"numbers, bool or dates, got dtype"):
        qv.from_scipy(_compressed(sp.csr_array, [object()], [0], [0, 1, 1], (2, 2)))
    with pytest.raises(ValueError, match="got 'crs'"):
        qv.to_scipy(np.eye(2), "crs")
    with pytest.raises(ValueError, match=r"not 1\.0"):
        qv.to_scipy(qv.ones((3, 3)))
    coordinates = sp.coo_array(([1.0], ([1], [1])), (3, 3))
    coordinates.coords = (np.array([5]), np.array([1]))
    with pytest.raises(IndexError, match="5 is out of bounds for size 3"):
        qv.from_scipy(coordinates)
    # A fill of -0.0 is 0, and one that nothing has is none.
    same(qv.to_scipy(-qv.zeros((2, 2))).toarray(), np.zeros((2, 2)))
    same(qv.to_scipy(qv.asarray(np.ones((2, 2)), fill_value=3)).toarray(), np.ones((2, 2)))


def test_the_other_byte_order():
    x = qv.from_coordinates([[0, 1], [1, 2]], [3.0, 4.0], (5, 5)).astype(">f8")
    for kind in ("coo", "csr", "csc", "bsr"):
        for copy in (True, False):
            out = qv.to_scipy(x, kind, copy=copy)
            assert out.dtype == np.float64
            assert np.array_equal(out.toarray(), x.todense())
    assert qv.to_scipy(x[0]).dtype == np.float64
    assert x.tocoo().nnz == 2
