"""The Walsh and Haar kernels against dense matrices, NumPy versions and their own properties."""

import math
import os
import signal
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import hadamard

from qvarray.bases.haar import extended_haar, inverse_extended_haar
from qvarray.bases.walsh import extended_walsh
from qvarray.kernels import threads
from qvarray.kernels.haar import haar, inverse_haar
from qvarray.kernels.walsh import walsh

DTYPES = [np.float32, np.float64, np.complex64, np.complex128]
OTHER_DTYPES = [np.float16, np.longdouble, np.clongdouble]
KERNELS = [walsh, haar, inverse_haar]


def by_numpy(transform):
    """A transform in NumPy along an axis; half floats go through float32."""

    def apply(a, axis):
        work = a.astype(np.result_type(a.dtype, np.float32))
        out = np.moveaxis(transform(np.moveaxis(work, axis, -1)), -1, axis)
        return out.astype(a.dtype)

    return apply


NUMPY = {
    walsh: by_numpy(extended_walsh),
    haar: by_numpy(extended_haar),
    inverse_haar: by_numpy(inverse_extended_haar),
}


def walsh_matrix(n):
    return hadamard(n) / math.sqrt(n)


def haar_matrix(n):
    """Return the rows of the orthonormal Haar basis, from their definition."""
    rows = np.zeros((n, n))
    rows[0] = 1 / math.sqrt(n)
    for level in range(n.bit_length() - 1):
        length = n >> level
        for position in range(2**level):
            row = rows[2**level + position]
            left = position * length
            row[left : left + length // 2] = 1 / math.sqrt(length)
            row[left + length // 2 : left + length] = -1 / math.sqrt(length)
    return rows


MATRIX = {
    walsh: walsh_matrix,
    haar: haar_matrix,
    inverse_haar: lambda n: haar_matrix(n).T,
}


def sample(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def dense(kernel, a, axis):
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    product = MATRIX[kernel](a.shape[axis]) @ np.moveaxis(
        a.astype(wide), axis, -2 if a.ndim > 1 else 0
    )
    return np.moveaxis(product, -2, axis) if a.ndim > 1 else product


def tolerance(dtype):
    return 40 * float(np.finfo(dtype).eps)


def check_dense(kernel, shape, axis, dtype):
    a = sample(shape, dtype)
    expected = dense(kernel, a, axis)
    result = a.copy()
    assert kernel(result, axis) is None
    np.testing.assert_allclose(result, expected, rtol=0, atol=tolerance(dtype))
    other = NUMPY[kernel](a, axis)
    assert other.dtype == a.dtype
    assert not np.shares_memory(other, a)
    np.testing.assert_allclose(other, expected, rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_matrix_1d(kernel, dtype):
    for q in range(9):
        check_dense(kernel, (2**q,), 0, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_matrix_of_every_axis(kernel, dtype):
    shapes = [(1, 8), (8, 1), (4, 16), (256, 3), (3, 64), (2, 4, 8), (5, 16, 7), (1, 1, 1)]
    shapes += [(16, 1, 3), (3, 1, 16), (130, 2, 1), (2, 64, 33), (64, 16, 1), (7, 8, 300)]
    for shape in shapes:
        for axis, n in enumerate(shape):
            if n & (n - 1) == 0:
                check_dense(kernel, shape, axis, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_empty(kernel, dtype):
    for shape in [(0, 8), (8, 0), (0, 8, 3), (3, 8, 0), (0, 1)]:
        axis = shape.index(8) if 8 in shape else 1
        a = np.empty(shape, dtype)
        kernel(a, axis)
        assert NUMPY[kernel](a, axis).shape == shape


@settings(max_examples=60, deadline=None)
@given(
    kernel=st.sampled_from(KERNELS),
    dtype=st.sampled_from(DTYPES),
    outer=st.integers(0, 6),
    q=st.integers(0, 8),
    inner=st.integers(0, 70),
    workers=st.sampled_from([None, 1, 2, 3]),
)
def test_matrix_of_any_block(kernel, dtype, outer, q, inner, workers):
    a = sample((outer, 2**q, inner), dtype)
    result = a.copy()
    kernel(result, 1, workers=workers)
    np.testing.assert_allclose(result, dense(kernel, a, 1), rtol=0, atol=tolerance(dtype))


# Sizes on both sides of each block: an L1 block has 2**12 or 2**13 numbers, and three levels more
# each time make the next.
@pytest.mark.parametrize("q", range(9, 22))
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("kernel", KERNELS)
def test_numpy_version_at_every_block_size(kernel, dtype, q):
    a = sample(2**q, dtype, q)
    result = a.copy()
    kernel(result, 0)
    np.testing.assert_allclose(result, NUMPY[kernel](a, 0), rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize(
    "shape",
    [
        (3, 2**13, 1),
        (2, 2**12, 3),
        (1, 2**11, 40),
        (1, 2**9, 1025),
        (1, 16, 2**14 + 5),
        (1, 2, 2**17),
        (2**15, 4, 1),
        (40, 2**10, 2),
        (5, 2**7, 130),
    ],
)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_threads_have_the_same_bits(kernel, dtype, shape):
    a = sample(shape, dtype)
    single = a.copy()
    kernel(single, 1, workers=1)
    np.testing.assert_allclose(single, NUMPY[kernel](a, 1), rtol=0, atol=tolerance(dtype))
    for workers in (2, 3):
        several = a.copy()
        kernel(several, 1, workers=workers)
        assert several.tobytes() == single.tobytes()


@pytest.mark.parametrize("dtype", DTYPES)
def test_large_array_by_default_has_the_same_bits(dtype):
    a = sample(2**22, dtype)
    for kernel in KERNELS:
        single, default = a.copy(), a.copy()
        kernel(single, 0, workers=1)
        kernel(default, 0)
        assert default.tobytes() == single.tobytes()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("shape", "axis"), [((2**14,), 0), ((2**10, 9), 0), ((6, 2**9), 1)])
def test_inverse_and_energy(dtype, shape, axis):
    a = sample(shape, dtype)
    for kernel, inverse in [(walsh, walsh), (haar, inverse_haar), (inverse_haar, haar)]:
        result = a.copy()
        kernel(result, axis)
        energy = np.linalg.norm(result.astype(np.complex128)) / np.linalg.norm(
            a.astype(np.complex128)
        )
        assert abs(energy - 1) < tolerance(dtype)
        inverse(result, axis)
        np.testing.assert_allclose(result, a, rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize("dtype", OTHER_DTYPES)
@pytest.mark.parametrize(
    ("shape", "axis"), [((64,), 0), ((16, 5), 0), ((3, 32, 2), 1), ((4, 1), 1)]
)
def test_numpy_versions_of_other_dtypes(dtype, shape, axis):
    a = sample(shape, dtype)
    for kernel, inverse in [(walsh, walsh), (haar, inverse_haar)]:
        there = NUMPY[kernel](a, axis)
        assert there.dtype == a.dtype
        np.testing.assert_allclose(
            there.astype(np.clongdouble),
            dense(kernel, a, axis),
            rtol=0,
            atol=max(1e-14, tolerance(dtype)),
        )
        back = NUMPY[inverse](there, axis)
        np.testing.assert_allclose(
            back.astype(np.clongdouble), a.astype(np.clongdouble), rtol=0, atol=tolerance(dtype)
        )


def test_numpy_version_keeps_half_floats_in_range():
    # The sum of the inputs, 2**17, is no float16; the coefficient, 2**9, is.
    assert NUMPY[walsh](np.full(2**16, 2, np.float16), 0)[0] == 2**9


def test_numpy_versions_take_any_strides():
    a = sample((9, 32, 8), np.float64)
    view = a.transpose(2, 1, 0)[::-1, ::-2]
    for kernel in KERNELS:
        expected = view.copy()
        kernel(expected, 1)
        np.testing.assert_allclose(NUMPY[kernel](view, 1), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [8, 2**6, 2**14])
def test_nan_spreads_to_every_sum_it_is_in(dtype, n):
    place = n // 2 + 1
    a = sample((2, n), dtype)
    a[1, place] = np.nan
    result = a.copy()
    walsh(result, 1)
    assert np.isnan(result[1]).all()
    assert np.isfinite(result[0]).all()
    result = a.copy()
    haar(result, 1)
    touched = {0} | {(n + place) >> k for k in range(1, n.bit_length())}
    assert set(np.flatnonzero(np.isnan(result[1]))) == touched
    assert np.isfinite(result[0]).all()


@pytest.mark.parametrize("kernel", KERNELS)
def test_infinity_and_signed_zero(kernel):
    a = np.zeros(2**7)
    a[3] = np.inf
    with np.errstate(invalid="ignore"):
        expected = NUMPY[kernel](a, 0)
    kernel(a, 0)
    np.testing.assert_array_equal(a, expected)
    for zero in (0.0, -0.0):
        a = np.full((3, 16, 5), zero)
        expected = NUMPY[kernel](a, 1)
        kernel(a, 1)
        assert a.tobytes() == expected.tobytes()


def test_walsh_does_not_overflow_on_the_way():
    a = np.full(2**10, 1e306)
    walsh(a, 0)
    np.testing.assert_allclose(a[0], 32e306, rtol=1e-14)
    assert not a[1:].any()


@pytest.mark.parametrize("kernel", KERNELS)
def test_works_in_the_callers_memory(kernel):
    # The wrappers view the array as flat floats: no view of it may be a copy.
    base = np.empty(2**12 + 3, np.complex128)
    for shape in [(2**12,), (2**6, 2**6), (4, 2**9, 2), (1, 2**12, 1)]:
        a = base[3:].reshape(shape)
        assert np.shares_memory(a.reshape(-1).view(np.float64), base)
        axis = int(np.argmax(shape))
        a[...] = sample(shape, np.complex128)
        base[:3] = 7
        expected = NUMPY[kernel](a, axis)
        kernel(a, axis)
        np.testing.assert_allclose(base[3:].reshape(shape), expected, rtol=0, atol=1e-13)
        assert (base[:3] == 7).all()


def test_one_signature_for_each_real_dtype():
    from qvarray.kernels import haar as haar_module
    from qvarray.kernels import walsh as walsh_module

    for dtype in DTYPES:
        for workers in (1, 2):
            for kernel in KERNELS:
                kernel(sample((4, 2**9, 5), dtype), 1, workers=workers)
                kernel(sample(2**14, dtype), 0, workers=workers)
    for compiled in (walsh_module._by_blocks, walsh_module._across, haar_module._strips):
        assert len(compiled.signatures) == 2


@given(total=st.integers(0, 10**6), count=st.integers(1, 9), step=st.integers(1, 1000))
def test_split_covers_the_range(total, count, step):
    ranges = threads.split(total, count, step)
    assert len(ranges) <= count
    end = 0
    for low, high in ranges:
        assert low == end
        assert low < high
        assert low % step == 0
        end = high
    assert end == total


def test_run_waits_and_raises():
    done = []

    def work(k):
        done.append(k)
        if k % 2:
            raise ValueError(k)

    with pytest.raises(ValueError, match="1"):
        threads.run(work, [(k,) for k in range(6)])
    assert sorted(done) == list(range(6))
    with pytest.raises(ValueError, match="1"):
        threads.run(work, [(1,), (2,), (4,)])
    assert sorted(done) == [0, 1, 1, 2, 2, 3, 4, 4, 5]
    assert threads.workers() >= 1


def test_run_inside_a_piece_stays_in_its_thread():
    names = []

    def inner(k):
        names.append(threading.current_thread().name)

    def outer(k):
        assert threads.workers() == 1
        threads.run(inner, [(0,), (1,), (2,)])

    threads.run(outer, [(k,) for k in range(8)])
    assert len(names) == 24
    assert threads.workers() == threads.workers()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_makes_its_own_pool():
    a = sample(2**14, np.float64)
    expected = a.copy()
    walsh(expected, 0, workers=2)  # so that the parent has a pool
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        signal.alarm(60)  # a deadlock ends the child, not the test run
        try:
            walsh(a, 0, workers=2)
            os._exit(0 if a.tobytes() == expected.tobytes() else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
