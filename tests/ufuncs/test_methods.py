"""The methods of ufuncs, and repeated and permuted axes, on spectra: NumPy is the oracle."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import overrides

import qvarray as qv
from qvarray.core.spectrum import Spectrum
from qvarray.ops.broadcast import broadcast_to, move_axis, permute_axes
from qvarray.ufuncs.accumulate import accumulate, reduceat
from qvarray.ufuncs.outer import outer
from qvarray.ufuncs.reduce import reduce

from ..huge import sparse_array
from ..twin import DTYPES, arrays, assert_same, check, shapes, sided, spectral_twins, twins

BINARY = sorted(
    (
        ufunc
        for ufunc in overrides.get_overridable_numpy_ufuncs()
        # Of those of strings, which are not public, some crash NumPy.
        if getattr(np, ufunc.__name__, None) is ufunc
        and ufunc.signature is None
        and ufunc.nin == 2
        and ufunc.nout == 1
    ),
    key=lambda ufunc: ufunc.__name__,
)
CORE = [
    np.add,
    np.multiply,
    np.maximum,
    np.minimum,
    np.logical_and,
    np.logical_or,
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.fmax,
    np.fmin,
]
ROUNDED = [np.add, np.multiply, np.hypot, np.logaddexp, np.logaddexp2]
EXTREMA = [np.maximum, np.minimum, np.fmax, np.fmin]
INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "biu"]


def wrapped(result):
    if isinstance(result, tuple):
        return tuple(map(wrapped, result))
    return qv.VirtualQArray(result) if isinstance(result, Spectrum) else result


def outcome(call):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return call(), None
        except Exception as error:
            return None, error


def compare(numpy_call, our_call, must=False, **tolerance):
    """The same result or type of exception; no answer is no example, unless there must be one."""
    expected, error = outcome(numpy_call)
    got, raised = outcome(our_call)
    if error is not None:
        assert raised is None or type(raised) is type(error), (error, raised)
        assert must is False or raised is not None, (error, got)
        return
    if raised is not None:
        raise AssertionError(f"NumPy returned {expected!r}") from raised
    if must:
        assert got is not None
    assume(got is not None)
    got = wrapped(got)
    if tolerance and not np.isfinite(expected).all():
        values = got.todense() if isinstance(got, qv.VirtualQArray) else got
        assert (values.shape, values.dtype) == (expected.shape, expected.dtype)
        odd = ~np.isfinite(expected)
        np.testing.assert_array_equal(np.asarray(values)[odd], np.asarray(expected)[odd])
        expected, got = np.where(odd, 0, expected), qv.array(np.where(odd, 0, values))
    assert_same(expected, got, **tolerance)


@st.composite
def axes_of(draw, ndim):
    one = st.integers(-ndim - 1, ndim)
    return draw(
        st.none() | one | st.lists(one, max_size=3).map(tuple) | st.just(tuple(range(ndim)))
    )


def tame(x, span=4):
    """Small numbers: no order of adding or multiplying them overflows."""
    if x.dtype.kind not in "fc":
        return x
    with np.errstate(all="ignore"):
        kept = np.where(np.isfinite(x) & (np.abs(x) <= 3) & (np.abs(x) >= 0.5), x, 0)
    return kept.astype(x.dtype)


def rounding_of(ufunc, x):
    """Terms of the comparison of rounded results: how many epsilons of how large numbers."""
    if ufunc not in ROUNDED:
        return {}
    scale = float(np.sqrt(np.sum(np.abs(x.astype(np.clongdouble)) ** 2)))
    count = max(x.size, 1)
    return {"rounding": 8.0 * count, "scale": max(scale, 1.0)}


def one_sign_of_zero(x):
    """NumPy's extremum of 0.0 and -0.0 depends on the processor."""
    if x.dtype.kind == "f":
        x = np.where(x == 0, x.dtype.type(0), x)
    return x


def with_fill(x, which):
    fill = x.ravel()[which % x.size] if x.size else x.dtype.type(0)
    return qv.array(x, fill_value=fill).spectrum


@pytest.mark.parametrize("ufunc", CORE, ids=lambda ufunc: ufunc.__name__)
@given(x=arrays(), which=st.integers(0, 9), keepdims=st.booleans(), data=st.data())
def test_core_reductions_always_have_an_answer(ufunc, x, which, keepdims, data):
    x = tame(x) if ufunc in ROUNDED else one_sign_of_zero(x) if ufunc in EXTREMA else x
    s = with_fill(x, which)
    axis = data.draw(axes_of(x.ndim))
    compare(
        lambda: ufunc.reduce(x, axis=axis, keepdims=keepdims),
        lambda: reduce(ufunc, s, axis, keepdims=keepdims),
        must=True,
        **rounding_of(ufunc, x),
    )


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda ufunc: ufunc.__name__)
@given(x=arrays(), which=st.integers(0, 9), data=st.data())
def test_reduce(ufunc, x, which, data):
    x = tame(x) if ufunc in ROUNDED else one_sign_of_zero(x) if ufunc in EXTREMA else x
    s = with_fill(x, which)
    axis = data.draw(axes_of(x.ndim))
    expected, error = outcome(lambda: ufunc.reduce(x, axis=axis))
    if error is not None:
        got, raised = outcome(lambda: reduce(ufunc, s, axis))
        assert got is None
        assert raised is None or type(raised) is type(error), (error, raised)
        return
    compare(lambda: expected, lambda: reduce(ufunc, s, axis), **rounding_of(ufunc, x))


@given(twins(), st.sampled_from(CORE), st.sampled_from(DTYPES), st.sampled_from([None, 0, 2, 0.5]))
def test_reduce_to_a_dtype_from_an_initial_value(pair, ufunc, dtype, initial):
    x = tame(pair[0])
    # What a float is as an integer that cannot hold it is for the processor to say.
    x = np.abs(x) if x.dtype.kind == "f" else one_sign_of_zero(x)
    s = with_fill(x, 1)
    compare(
        lambda: ufunc.reduce(x, axis=None, dtype=dtype, initial=initial),
        lambda: reduce(ufunc, s, None, dtype, initial=initial),
        **rounding_of(ufunc, x),
    )


@given(arrays([np.dtype("float64"), np.dtype("longdouble")]), st.integers(0, 9), st.booleans())
def test_nan_and_infinity_in_sums_and_products(x, which, summed):
    with np.errstate(all="ignore"):
        x = np.where((np.abs(x) <= 3) | ~np.isfinite(x), x, 0)
        x = np.where(np.abs(x) < 0.1, 0, x)
    s = with_fill(x, which)
    ufunc = np.add if summed else np.multiply
    for axis in (None, *range(x.ndim)):
        with np.errstate(all="ignore"):
            expected = np.asarray(ufunc.reduce(x, axis=axis))
            got, _ = outcome(lambda axis=axis: reduce(ufunc, s, axis))
        got = np.asarray(got) if not isinstance(got, Spectrum) else qv.VirtualQArray(got).todense()
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
        known = ~np.isnan(expected)
        np.testing.assert_allclose(got[known], expected[known], rtol=1e-13, atol=1e-13)
        if not summed:
            np.testing.assert_array_equal(np.signbit(got[known]), np.signbit(expected[known]))


def test_products_do_not_overflow_on_the_way():
    x = np.array([1e200, 1e-200, 1e200, 1e-200, 1e200, 1e-200])
    s = qv.array(x, fill_value=1e-200).spectrum
    assert s.active_indices is None or s.nactive == 3
    s = Spectrum((6,), x.dtype, s.bases, x[::2], np.array([0, 2, 4], np.int32), x[1])
    assert reduce(np.multiply, s, None) == pytest.approx(1.0, rel=1e-14)
    y = (x * (1 + 1j)).astype(complex)
    s = Spectrum((6,), y.dtype, s.bases, y[::2], s.active_indices, y[1])
    assert reduce(np.multiply, s, None) == pytest.approx((1 + 1j) ** 6, rel=1e-14)


def test_sums_do_not_overflow_on_the_way():
    x = spectrum_of((3, 2), np.array([0]), np.array([-1e308]), 1e308)
    for axis in (0, 1):
        with pytest.warns(RuntimeWarning, match="overflow"):
            got = qv.VirtualQArray(reduce(np.add, x, axis)).todense()
        assert got.tolist() == ([1e308, np.inf] if axis == 0 else [0.0, np.inf, np.inf])


def spectrum_of(shape, indices, values, fill=0):
    values = np.asarray(values)
    fill = values.dtype.type(fill)
    return qv.VirtualQArray(
        Spectrum(shape, values.dtype, (qv.bases.STANDARD,) * len(shape), values, indices, fill)
    ).spectrum


@pytest.fixture(scope="module")
def large():
    return sparse_array((2**30, 2**30), seed=3).spectrum


def test_reductions_that_cannot_be_materialised(large):
    values, rows = large.eigenvalues, large.coordinates()
    assert reduce(np.add, large, None) == pytest.approx(values.sum(), rel=1e-10)
    for axis in (0, 1):
        got = reduce(np.add, large, axis)
        got.check()
        other = rows[1 - axis]
        unique, inverse = np.unique(other, return_inverse=True)
        np.testing.assert_array_equal(got.active_indices, unique)
        np.testing.assert_allclose(got.eigenvalues, np.bincount(inverse, values), atol=1e-12)
        assert reduce(np.maximum, large, axis, keepdims=True).shape == (
            (1, 2**30) if axis == 0 else (2**30, 1)
        )
    assert reduce(np.multiply, large, (0, 1)) == 0
    assert reduce(np.maximum, large, (0, 1)) == values.max()
    assert reduce(np.logical_or, large, 1).nactive <= 10_000


def test_constants_that_cannot_be_materialised():
    none = np.zeros(0, np.int64)
    x = spectrum_of((2**31, 2**31), none, np.zeros(0, np.uint8), 3)
    assert reduce(np.add, x, None) == np.uint64(3 * 2**62 % 2**64)
    assert reduce(np.multiply, x, None) == np.uint64(pow(3, 2**62, 2**64))
    assert reduce(np.bitwise_xor, x, None) == 0
    y = spectrum_of((2**31, 2**31), none, np.zeros(0), 0.5)
    out = reduce(np.add, y, 0)
    assert (out.nactive, out.fill_value) == (0, 2.0**30)
    assert reduce(np.hypot, y, None) == 2.0**30
    assert reduce(np.logaddexp2, y, None) == 62.5
    assert reduce(np.add, spectrum_of((2**60, 0), none, np.zeros(0)), 1).shape == (2**60,)


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "uint64", "complex128", "int8"])
@pytest.mark.parametrize("fill", [0, 2])
def test_sums_by_kernels(dtype, fill):
    rng = np.random.default_rng(0)
    x = np.full((60, 700), fill, dtype)
    x[rng.random(x.shape) < 0.1] = 5
    x[3] = 7
    s = qv.array(x, fill_value=fill).spectrum
    for axis in (0, 1):
        got = qv.VirtualQArray(reduce(np.add, s, axis))
        assert_same(np.add.reduce(x, axis=axis), got, rounding=8)


@pytest.mark.parametrize("full", [False, True])
def test_extrema_of_columns(full):
    rng = np.random.default_rng(0)
    x = np.where(rng.random((8, 300)) < 0.3, rng.standard_normal((8, 300)), 0.25)
    x[0, 0] = np.nan
    if full:
        x[:, 7] = np.arange(8) - 20.0
    s = qv.array(x, fill_value=0.25).spectrum
    assert s.active_indices is not None
    for ufunc in EXTREMA:
        assert_same(ufunc.reduce(x), qv.VirtualQArray(reduce(ufunc, s, 0)))


def test_sums_of_long_rows_are_pairwise():
    x = np.full((3, 2_000_000), 0.1)
    x[1, 0] = 0
    s = spectrum_of(x.shape, np.flatnonzero(x), x.ravel()[np.flatnonzero(x)])
    got = qv.VirtualQArray(reduce(np.add, s, 1)).todense()
    np.testing.assert_allclose(got, [2e5, 2e5 - 0.1, 2e5], rtol=1e-15 * 8)


def test_warnings_come_once():
    x = np.zeros(100)
    x[:2] = np.inf, -np.inf
    s = qv.array(x).spectrum
    with pytest.warns(RuntimeWarning, match="invalid value encountered in reduce") as caught:
        reduce(np.add, s, None)
    assert len(caught) == 1
    x[:2] = 1e308
    with pytest.warns(RuntimeWarning, match="overflow encountered in reduce") as caught:
        reduce(np.add, qv.array(x).spectrum, None)
    assert len(caught) == 1
    x[:2] = 1
    with pytest.warns(np.exceptions.ComplexWarning) as caught:
        reduce(np.add, qv.array(x.astype(complex)).spectrum, None, dtype=float)
    assert len(caught) == 1


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda ufunc: ufunc.__name__)
@given(pair=twins(), data=st.data())
def test_accumulate(ufunc, pair, data):
    x, twin = pair
    axis = data.draw(st.integers(-x.ndim - 1, x.ndim))
    compare(lambda: ufunc.accumulate(x, axis), lambda: accumulate(ufunc, twin.spectrum, axis))


def test_accumulate_one_of_many_lines():
    x = spectrum_of((2**40, 5), np.array([6, 13]), np.array([2, 3]))
    got = accumulate(np.add, x, 1)
    assert got.active_indices.tolist() == [6, 7, 8, 9, 13, 14]
    assert got.eigenvalues.tolist() == [2, 2, 2, 2, 3, 3]
    assert accumulate(np.add, x, 0) is None
    assert accumulate(np.add, x.replace(fill_value=np.int64(1)), 1) is None


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda ufunc: ufunc.__name__)
@given(x=arrays(), which=st.integers(0, 9), data=st.data())
def test_reduceat(ufunc, x, which, data):
    x = tame(x) if ufunc in ROUNDED else one_sign_of_zero(x) if ufunc in EXTREMA else x
    s = with_fill(x, which)
    axis = data.draw(st.integers(-x.ndim - 1, x.ndim))
    indices = data.draw(st.lists(st.integers(-1, 6), max_size=4))
    if data.draw(st.booleans()):
        indices = sorted(set(indices))
    compare(
        lambda: ufunc.reduceat(x, indices, axis),
        lambda: reduceat(ufunc, s, indices, axis),
        **rounding_of(ufunc, x),
    )


def test_reduceat_of_what_cannot_be_materialised(large):
    got = reduceat(np.add, large, [0, 2**20, 2**29], 1)
    assert got.shape == (2**30, 3)
    assert got.eigenvalues.sum() == pytest.approx(large.eigenvalues.sum(), rel=1e-9)
    with pytest.raises(IndexError, match="out-of-bounds"):
        reduceat(np.add, large, [0, 2**30], 1)


#: Which of two zeros these take depends on the place of a pair in NumPy's loop.
ANY_ZERO = (np.fmin, np.fmax, np.minimum, np.maximum)


@pytest.mark.parametrize("ufunc", [*BINARY, np.divmod], ids=lambda ufunc: ufunc.__name__)
@given(data=st.data())
def test_outer(ufunc, data):
    change = sided if ufunc in ANY_ZERO else np.copy
    pair = twins(shape=shapes(4, 2), change=change)
    (x, a), (y, b) = data.draw(st.tuples(pair, pair))
    compare(lambda: ufunc.outer(x, y), lambda: wrapped(outer(ufunc, a.spectrum, b.spectrum)))


def test_outer_product_that_cannot_be_materialised():
    x = spectrum_of((2**31,), np.array([3, 2**30]), np.array([2.0, 5.0]))
    got = outer(np.multiply, x, x)
    got.check()
    assert got.shape == (2**31, 2**31)
    assert got.eigenvalues.tolist() == [4.0, 10.0, 10.0, 25.0]
    assert outer(np.add, x, x) is None
    # -2.0 * 0.0 is -0.0, all along a row: zeros of both signs that are not stored are +0.0.
    negative = spectrum_of((2**31,), np.array([3]), np.array([-2.0]))
    got = outer(np.multiply, negative, x)
    got.check()
    assert got.eigenvalues.tolist() == [-4.0, -10.0]
    assert str(got.fill_value) == "0.0"
    few = spectrum_of((2**7,), np.array([3]), np.array([-2.0]))
    assert outer(np.multiply, few, few).eigenvalues.tolist() == [4.0]
    tiny = spectrum_of((2,), np.array([0]), np.array([-2.0]))
    assert outer(np.multiply, tiny, few.replace(fill_value=few.dtype.type(1))) is None
    with pytest.raises(ValueError, match="too big"):
        outer(np.multiply, got, x)


@st.composite
def keys(draw, shape):
    """Keys of arrays, lists, masks, integers, slices and dots, some of them out of bounds."""
    parts = []
    for n in shape[: draw(st.integers(0, len(shape)))]:
        index = st.integers(-n, n) if draw(st.integers(0, 9)) == 0 else st.integers(-n, n - 1)
        if not n:
            index = st.nothing()
        many = st.lists(index, max_size=4) if n else st.just([])
        kinds = [many, many.map(lambda one: np.array(one, int)), st.slices(n)]
        kinds.append(st.lists(st.booleans(), min_size=n, max_size=n).map(np.array))
        if n:
            kinds += [index, many.map(lambda one: np.array(one, int)[:, None])]
        parts.append(draw(st.one_of(kinds)))
    if draw(st.integers(0, 4)) == 0:
        parts.insert(draw(st.integers(0, len(parts))), Ellipsis)
    return parts[0] if len(parts) == 1 else tuple(parts)


def at(ufunc, spectrum, indices, *values):
    """What an array is after ``ufunc.at``."""
    out = qv.VirtualQArray(spectrum)
    ufunc.at(out, indices, *values)
    return out.spectrum


@given(twins(), st.sampled_from([np.add, np.multiply, np.maximum, np.subtract]), st.data())
def test_at(pair, ufunc, data):
    x, twin = pair
    indices = data.draw(keys(x.shape))
    values = data.draw(st.sampled_from([2, -1, True, 0.5, 1j, [1, 2], np.array([[3], [4]]), []]))
    before = twin.spectrum

    def numpys():
        out = x.copy()
        ufunc.at(out, indices, values)
        return out

    compare(numpys, lambda: at(ufunc, before, indices, values))
    assert twin.spectrum is before
    assert_same(x, twin)


@given(twins(), st.data())
def test_at_of_one_operand(pair, data):
    x, twin = pair
    indices = data.draw(keys(x.shape))

    def numpys(ufunc):
        out = x.copy()
        ufunc.at(out, indices)
        return out

    for ufunc in (np.negative, np.square, np.add):
        compare(lambda ufunc=ufunc: numpys(ufunc), lambda u=ufunc: at(u, twin.spectrum, indices))


def test_at_of_what_cannot_be_materialised(large):
    rows = np.array([5, 7, 5, 2**30 - 1])
    got = at(np.add, large, (rows, -1), [1.0, 2.0, 3.0, 4.0])
    got.check()
    elements = qv.VirtualQArray(got)
    assert [elements[row, 2**30 - 1] for row in (5, 7)] == [4.0, 2.0]
    with pytest.raises(IndexError):
        at(np.add, large, ([2**30], [0]), 1.0)
    for key in (slice(None), (None, 0)):
        with pytest.raises(MemoryError):
            at(np.add, large, key, 1.0)


@given(twins(), st.data())
def test_broadcast_to(pair, data):
    x, twin = pair
    shape = [data.draw(st.integers(0, 3)) if n == 1 else n for n in x.shape]
    shape = data.draw(st.lists(st.integers(0, 3), max_size=2)) + shape
    if data.draw(st.integers(0, 5)) == 0:
        shape = data.draw(st.lists(st.integers(-1, 3), max_size=3))
    compare(
        lambda: np.broadcast_to(x, shape), lambda: broadcast_to(twin.spectrum, shape), must=True
    )


@given(spectral_twins(), st.data())
def test_broadcast_to_in_any_bases(pair, data):
    x, twin = pair
    shape = [data.draw(st.integers(0, 3)) if n == 1 else n for n in x.shape]
    shape = data.draw(st.lists(st.integers(0, 3), max_size=2)) + shape
    got = broadcast_to(twin.spectrum, shape)
    assert_same(np.broadcast_to(x, shape), qv.VirtualQArray(got), rounding=64, scale=8.0)
    assert all(
        basis == old
        for basis, old, n in zip(
            reversed(got.bases), reversed(twin.bases), reversed(x.shape), strict=False
        )
        if n != 1
    )


def test_broadcast_to_what_cannot_be_materialised():
    one = qv.array(np.float64(3), fill_value=3.0).spectrum
    assert broadcast_to(one, (2**31, 2**31)).nbytes == 0
    x = spectrum_of((2**40, 1), np.array([3, 9]), np.array([1.0, 2.0]))
    got = broadcast_to(x, (2, 2**40, 3))
    got.check()
    assert got.nactive == 12
    with pytest.raises(ValueError, match="too big"):
        broadcast_to(x, (2**40, 2**40))
    with pytest.raises(MemoryError):
        broadcast_to(spectrum_of((2**31, 1), np.array([3]), np.ones(1)), (2**31, 2**31))


@given(st.one_of(twins(), spectral_twins()), st.data())
def test_order_of_axes(pair, data):
    x, twin = pair
    axes = data.draw(st.permutations(range(x.ndim)))
    tolerance = {} if twin.spectrum.is_standard else {"rounding": 64, "scale": 8.0}
    got = qv.VirtualQArray(permute_axes(twin.spectrum, axes))
    assert_same(x.transpose(axes), got, **tolerance)
    count = data.draw(st.integers(0, x.ndim))
    moves = [data.draw(st.permutations(range(x.ndim)))[:count] for _ in range(2)]
    got = qv.VirtualQArray(move_axis(twin.spectrum, *moves))
    assert_same(np.moveaxis(x, *moves), got, **tolerance)


def test_order_of_axes_refuses_what_numpy_refuses():
    x = np.zeros((2, 3))
    s = qv.array(x).spectrum
    for axes in ((0,), (0, 0), (0, 2), (0, 1, 2)):
        compare(lambda a=axes: x.transpose(a), lambda a=axes: permute_axes(s, a), must=True)
    for moves in ((0, 2), ((0, 1), 0), ((0, 0), (0, 1)), (2, 0)):
        compare(lambda m=moves: np.moveaxis(x, *m), lambda m=moves: move_axis(s, *m), must=True)


_METHODS = [ufunc for ufunc in BINARY if ufunc not in (np.logaddexp, np.logaddexp2)]


def rounding(ufunc, pair):
    """Floating sums and products may be added up in another order."""
    return 1e3 if ufunc in (np.add, np.multiply, np.hypot) and pair[0].dtype.kind in "fc" else 0.0


FINITE = [dtype for dtype in DTYPES if dtype.kind in "biu"] + [np.dtype(float), np.dtype(complex)]


@st.composite
def plain_twins(draw, shape=None):
    """Twins without values whose sums depend on the order of the terms."""
    x, y = draw(twins(FINITE, shape))
    if x.dtype.kind in "fc":
        x = np.where(np.isfinite(x) & (np.abs(x) < 10) & (np.abs(x) > 0.1), x, 0).astype(x.dtype)
        return x, qv.array(x, fill_value=x.ravel()[0] if x.size else 0)
    return x, y


@pytest.mark.parametrize("ufunc", _METHODS, ids=lambda ufunc: ufunc.__name__)
@given(pair=plain_twins(), data=st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_methods_through_numpy(ufunc, pair, data):
    ndim = pair[0].ndim
    axis = data.draw(st.none() | st.integers(-ndim - 1, ndim))
    keepdims = data.draw(st.booleans())
    loose = {"rounding": rounding(ufunc, pair), "scale": float(np.abs(pair[0]).sum(dtype=float))}
    check(lambda x: ufunc.reduce(x, axis=axis, keepdims=keepdims), pair, **loose)
    check(lambda x: ufunc.reduce(x, axis=axis, initial=1), pair, **loose)
    check(lambda x: ufunc.reduce(x, axis=axis, where=x != 0, initial=1), pair, **loose)
    check(lambda x: ufunc.accumulate(x, axis=axis or 0), pair, **loose)
    check(lambda x: ufunc.reduceat(x, [0, 2, 1], axis=axis or 0), pair, **loose)
    check(lambda x: ufunc.outer(x, x[:2] if ndim else x), pair)


@given(plain_twins(st.sampled_from([(4,), (3, 4)])), plain_twins(st.just((4,))))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_outputs_of_methods(pair, other):
    def into(method, *args):
        def call(x, out):
            out = out.copy()
            got = method(x, *args, out=out)
            return got is out, out

        return call

    if pair[0].ndim == 2:
        check(into(np.add.reduce, 0), pair, other, rounding=1e3, scale=100.0)
        check(into(np.maximum.reduce, 0), pair, other)
    else:
        check(into(np.maximum.accumulate), pair, other)
        check(into(np.maximum.reduceat, [0, 1, 2, 3]), pair, other)


@given(plain_twins(st.just((5,))), st.lists(st.integers(-6, 5), max_size=6))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_at_through_numpy(pair, indices):
    def call(x):
        x = x.copy()
        np.add.at(x, indices, 1)
        np.negative.at(x, indices)
        return x

    check(call, pair)
