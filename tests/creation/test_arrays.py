"""Constructors and attributes."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import BASES, DTYPES, arrays, assert_same, check, dense_by_definition, shapes, twins


@given(twins())
def test_twins_are_the_same_array(pair):
    x, y = pair
    y.spectrum.check()
    assert_same(x, y)
    assert (y.shape, y.dtype, y.ndim, y.size) == (x.shape, x.dtype, x.ndim, x.size)
    assert (y.itemsize, y.virtual_nbytes) == (x.itemsize, x.nbytes)
    assert y.nbytes <= x.nbytes
    assert y.recovery_error == 0.0
    assert np.array_equal(y.eigenvalues.nbytes + _bytes(y.active_indices), y.nbytes)
    assert_same(x.T, y.T)
    assert_same(x.real, y.real)
    assert_same(x.imag, y.imag)
    again = pickle.loads(pickle.dumps(y))
    assert_same(x, again)


def _bytes(indices):
    return 0 if indices is None else indices.nbytes


@given(arrays(), st.sampled_from(DTYPES))
@pytest.mark.filterwarnings("ignore")
def test_asarray_converts_as_numpy_does(x, dtype):
    assert_same(np.asarray(x, dtype), qv.asarray(x, dtype))


def test_indices_are_stored_only_where_that_is_smaller():
    x = np.zeros(1000)
    x[:3] = 1
    assert qv.asarray(x).active_indices.dtype == np.int32
    assert qv.asarray(x).nbytes == 3 * 12
    assert qv.asarray(np.ones(1000)).active_indices is None
    assert qv.asarray(np.ones(1000), fill_value=1).nbytes == 0
    assert qv.from_coordinates([[1]], [1.0], 2**40).active_indices.dtype == np.int64


def test_byte_order_is_kept():
    x = np.arange(5, dtype=">f8")
    assert qv.asarray(x).dtype == x.dtype
    assert_same(x, qv.asarray(x))
    assert qv.asarray([1, 2], ">i4").dtype == np.dtype(">i4")


def test_stored_arrays_cannot_be_changed_from_outside():
    source = np.arange(8.0)
    x = qv.asarray(source)
    source[0] = 99
    assert x[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        x.eigenvalues[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(x)[1] = 77
    for out in (np.array(x), x.todense()):
        out[1] = 77
        assert x[1] == 1
    values = np.ones(2)
    y = qv.from_eigenvalues(values, [0, 1], 4)
    values[0] = 5
    assert y[0] == 1


@given(shapes().filter(lambda shape: 0 not in shape), st.data())
def test_coordinates(shape, data):
    k = data.draw(st.integers(0, 8))
    coords = np.array(
        [data.draw(st.lists(st.integers(0, n - 1), min_size=k, max_size=k)) for n in shape], int
    ).reshape(len(shape), k)
    values = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=k, max_size=k)), float)
    expected = np.zeros(shape)
    np.add.at(expected, tuple(coords) if shape else ..., values if shape else values.sum())
    y = qv.from_coordinates(coords, values, shape)
    assert_same(expected, y)
    unique = len({tuple(c) for c in coords.T}) == k
    if unique:
        assert_same(expected, qv.from_coordinates(coords, values, shape, sum_duplicates=False))
        if shape:
            filled = np.full(shape, 7.0)
            filled[tuple(coords)] = values
            assert_same(filled, qv.from_coordinates(coords, values, shape, fill_value=7))
    else:
        with pytest.raises(ValueError, match="duplicated"):
            qv.from_coordinates(coords, values, shape, sum_duplicates=False)


@pytest.mark.parametrize("basis", BASES)
def test_eigenvalues_in_any_order(basis):
    a = qv.from_eigenvalues([1.0, 2.0, 3.0], [6, 0, 3], 8, basis=basis)
    b = qv.from_eigenvalues([2.0, 3.0, 1.0], [0, 3, 6], 8, basis=basis)
    assert np.array_equal(a.active_indices, b.active_indices)
    np.testing.assert_array_equal(a.todense(), b.todense())
    full = qv.from_eigenvalues(np.arange(8.0), None, 8, basis=basis)
    np.testing.assert_allclose(full.todense(), dense_by_definition(full), atol=1e-14)


def test_real_arrays_in_the_fourier_basis():
    x = qv.from_eigenvalues([1 - 2j, 1 + 2j], [3, 13], 16, basis="fourier", dtype=float)
    assert x.dtype == float
    expected = dense_by_definition(x.astype(complex))
    assert np.abs(expected.imag).max() < 1e-15
    np.testing.assert_allclose(x.todense(), expected.real, atol=1e-15)
    assert isinstance(x[3], np.float64)
    with pytest.raises(ValueError, match="index 3 is not"):
        qv.from_eigenvalues([1 - 2j, 1 - 2j], [3, 13], 16, basis="fourier", dtype=float)
    with pytest.raises(ValueError, match="conjugate"):
        qv.from_eigenvalues([1 - 2j], [3], 16, basis="fourier", dtype=float)


@pytest.mark.parametrize("basis", BASES)
def test_parts_and_transposes_in_every_basis(basis):
    rng = np.random.default_rng(1)
    values = rng.standard_normal(5) + 1j * rng.standard_normal(5)
    x = qv.from_eigenvalues(values, [0, 9, 17, 30, 31], (4, 8), basis=basis)
    dense = dense_by_definition(x)
    np.testing.assert_allclose(x.real.todense(), dense.real, atol=1e-14)
    np.testing.assert_allclose(x.imag.todense(), dense.imag, atol=1e-14)
    assert x.real.dtype == x.imag.dtype == float
    np.testing.assert_allclose(x.T.todense(), dense.T, atol=1e-14)
    np.testing.assert_allclose(np.conjugate(x).todense(), dense.conj(), atol=1e-14)
    single = x.astype(np.complex64)
    assert single.dtype == np.complex64
    true = np.linalg.norm(single.todense() - dense) / np.linalg.norm(dense)
    assert true <= single.recovery_error + 1e-7
    with pytest.warns(np.exceptions.ComplexWarning):
        real = x.astype(float)
    np.testing.assert_allclose(real.todense(), dense.real, atol=1e-14)


@given(twins(), st.sampled_from(DTYPES), st.sampled_from(["unsafe", "same_kind", "safe", "equiv"]))
def test_astype(pair, dtype, casting):
    check(lambda x: x.astype(dtype, casting=casting), pair)


@given(twins())
def test_attributes_as_functions(pair):
    for call in (np.shape, np.ndim, np.size, np.real, np.imag, np.copy):
        check(call, pair)
    for axis in range(pair[0].ndim):
        check(lambda x, axis=axis: np.size(x, axis), pair)


def test_dunder_array():
    dense = np.array([0.0, 1.0, 2.0, 3.0])
    x, y = qv.asarray(dense), qv.from_coordinates([[2]], [1.0], 1000)
    assert np.shares_memory(np.array(x, copy=False), np.array(x, copy=False))
    for call in (lambda: np.array(y, copy=False), lambda: np.array(x, np.float32, copy=False)):
        with pytest.raises(ValueError, match="copy"):
            call()
    assert np.array(x, np.float32).dtype == np.float32
    assert np.asarray(y)[2] == 1


@given(twins())
def test_an_ndarray_without_a_copy(pair):
    x, y = pair
    for made in (np.asarray(y), np.array(y), np.array(y, copy=True)):
        assert type(made) is np.ndarray
        assert_same(x, qv.array(made))
    assert np.array(y).flags.writeable
    for call in (np.array, np.asarray, np.asanyarray):
        if y.active_indices is None:
            # What is stored are the elements themselves.
            assert np.shares_memory(call(y, copy=False), y.eigenvalues) or not y.size
            assert not call(y, copy=False).flags.writeable
        else:
            with pytest.raises(ValueError, match="copy"):
                call(y, copy=False)


@pytest.mark.parametrize("basis", ["walsh", "fourier"])
def test_no_ndarray_of_eigenvalues_without_a_copy(basis):
    x = qv.from_eigenvalues(np.ones(4), range(4), 4, basis=basis)
    assert np.asarray(x).shape == (4,)
    for call in (np.array, np.asarray):
        with pytest.raises(ValueError, match="copy"):
            call(x, copy=False)


def test_there_is_no_buffer():
    x = qv.array([1.0, 0.0, 2.0])
    assert not hasattr(type(x), "__buffer__")
    with pytest.raises(TypeError):
        memoryview(x)
    assert x.data.readonly
    assert x.data.tolist() == [1, 0, 2]


def test_zero_dimensions():
    x = qv.asarray(3.5)
    assert (x.shape, x.size, x.ndim) == ((), 1, 0)
    assert x[()] == 3.5
    assert_same(np.array(3.5), x[...])
    assert float(x) == 3.5
    with pytest.raises(TypeError, match="unsized"):
        len(x)
    with pytest.raises(TypeError, match="0-d"):
        iter(x)


def test_the_largest_shapes():
    n = 2**63 - 1
    x = qv.from_eigenvalues([1.0, 2.0], [0, n - 1], n)
    assert x.size == n
    assert x[-1] == 2
    assert x[n - 3 :].todense().tolist() == [0, 0, 2]
    y = qv.from_coordinates([[2**31], [2**30]], [5], (2**32, 2**31 - 1))
    assert y[2**31, 2**30] == 5
    assert y.T[2**30, 2**31] == 5
    with pytest.raises(ValueError, match="too big"):
        qv.from_eigenvalues([1.0], [0], (2**32, 2**31))


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, "'wavelet'", lambda: qv.from_eigenvalues([1.0], [0], 4, basis="wavelet")),
        (ValueError, "length 6", lambda: qv.from_eigenvalues([1.0], [0], 6, basis="walsh")),
        (ValueError, "length 6", lambda: qv.from_eigenvalues([1.0], [0], 6, basis="haar")),
        (ValueError, "2 eigenvalues", lambda: qv.from_eigenvalues([1.0, 2.0], [0], 4)),
        (ValueError, "2 eigenvalues", lambda: qv.from_eigenvalues([1.0, 2.0], None, 4)),
        (ValueError, "3 is duplicated", lambda: qv.from_eigenvalues([1.0, 2.0], [3, 3], 4)),
        (IndexError, "-1", lambda: qv.from_eigenvalues([1.0], [-1], 4)),
        (IndexError, "4", lambda: qv.from_eigenvalues([1.0], [4], 4)),
        (IndexError, "18446744073709551615", lambda: qv.from_eigenvalues([1], [2**64 - 1], 4)),
        (TypeError, "float64", lambda: qv.from_eigenvalues([1.0], [0.5], 4)),
        (TypeError, "<U1", lambda: qv.from_eigenvalues(["a"], [0], 4)),
        (TypeError, "object", lambda: qv.asarray(np.array([None]))),
        (TypeError, "<U3", lambda: qv.asarray("abc")),
        (TypeError, r"\|V4", lambda: qv.asarray(np.zeros(2, "V4"))),
        (ValueError, "negative", lambda: qv.from_eigenvalues([], [], -1)),
        (ValueError, "too big", lambda: qv.from_eigenvalues([], [], 2**63)),
        (ValueError, "1-D", lambda: qv.from_eigenvalues([[1.0]], [[0]], 4)),
        (ValueError, "2 bases", lambda: qv.from_eigenvalues([], [], 4, basis=["haar"] * 2)),
        (
            ValueError,
            "fill_value 3",
            lambda: qv.from_eigenvalues([], [], 4, basis="haar", fill_value=3),
        ),
        (ValueError, "fill_value 2.5", lambda: qv.asarray([1, 2], fill_value=2.5)),
        (ValueError, "fill_value", lambda: qv.asarray([1, 2], fill_value=[1, 2])),
        (TypeError, "int32", lambda: qv.from_eigenvalues([1.0], [0], 4, basis="haar", dtype="i4")),
        (TypeError, "float64", lambda: qv.from_eigenvalues([1j], [0], 4, dtype=float)),
        (IndexError, r"coords\[1\].*7", lambda: qv.from_coordinates([[0], [7]], [1.0], (2, 3))),
        (ValueError, r"\(2, k\)", lambda: qv.from_coordinates([[0]], [1.0], (2, 3))),
        (ValueError, "values of shape", lambda: qv.from_coordinates([[0, 1]], [1.0, 2, 3], 4)),
        (ValueError, "unknown basis", lambda: qv.operator([1.0], [0], 4, basis="nope")),
        (IndexError, "9", lambda: qv.operator([1.0], [9], 4)),
        (ValueError, "length 6", lambda: qv.operator([1.0], [0], 6, basis="walsh")),
    ],
)
def test_bad_input(error, match, call):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize("dtype", [np.longdouble, np.clongdouble])
def test_single_elements_in_lists_keep_all_their_digits(dtype):
    third = (np.longdouble(1) / 3).astype(dtype)
    got = qv.asarray([[qv.array(third), 2], [0, qv.array(third)]])
    assert_same(np.array([[third, 2], [0, third]]), got)
