"""Functions of single elements, against NumPy; lazily in any basis; beyond what fits in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.sources.element_functions import ElementwiseCall
from qvarray.sources.expression import Expression
from qvarray.ufuncs.elementwise_functions import apply_elementwise

from ...huge import sparse_array
from ...twin import DTYPES, FLOATS, check, shapes, spectral_twins, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SCIMATH = ["sqrt", "log", "log2", "log10", "arccos", "arcsin", "arctanh"]
ONE = {
    "iscomplex": np.iscomplex,
    "isreal": np.isreal,
    "isneginf": np.isneginf,
    "isposinf": np.isposinf,
    "iscomplexobj": np.iscomplexobj,
    "isrealobj": np.isrealobj,
    "real_if_close": np.real_if_close,
    "angle": np.angle,
    "sinc": np.sinc,
    "fix": np.fix,
    "nan_to_num": np.nan_to_num,
    "round": np.round,
    **{name: getattr(np.lib.scimath, name) for name in SCIMATH},
}
N = 2**40


def one_sign_of_zero(x):
    return np.where(x == 0, x.dtype.type(0), x)


@st.composite
def broadcastable(draw, count):
    """Twins whose shapes most often broadcast against each other."""
    whole = draw(shapes(4, 3))
    out = []
    for _ in range(count):
        shape = tuple(n if draw(st.booleans()) else 1 for n in whole)
        shape = shape[draw(st.integers(0, len(shape))) :]
        if draw(st.integers(0, 9)) == 0:
            shape = (*shape, 5)
        out.append(draw(twins(shape=st.just(whole if draw(st.booleans()) else shape))))
    return out


def into(function):
    """A function that writes to an output, as a call of both, that returns what is there then."""

    def call(x, out):
        out = out.copy()
        got = function(x, out=out)
        return got is out, qv.asarray(out).todense().tolist(), str(out.dtype)

    return call


def output(shape, dtype):
    return np.zeros(shape, dtype), qv.array(np.zeros(shape, dtype))


@st.composite
def scalars(draw):
    return draw(
        st.sampled_from([0, 1, -2, 3.5, np.nan, 2j, True, np.float32(0.1), np.int8(7), 300])
    )


@pytest.mark.parametrize("name", ONE)
@given(pair=twins())
def test_of_one_array(name, pair):
    check(ONE[name], pair)


@given(twins(FLOATS))
def test_bessel(pair):
    # Polynomials are summed in vector registers of different lengths.
    x = np.nan_to_num(pair[0], posinf=0, neginf=0)
    x = np.where(np.abs(x) < 50, x, 0).astype(pair[0].dtype)
    check(np.i0, (x, qv.array(x)), rounding=8)
    with pytest.raises(TypeError, match="complex"):
        np.i0(qv.array(np.ones(3, complex)))


@given(broadcastable(3), scalars(), scalars())
def test_where(pairs, one, other):
    check(np.where, *pairs)
    check(lambda c, x: np.where(c, x, one), *pairs[:2])
    check(lambda c, y: np.where(c, one, y), *pairs[:2])
    check(lambda c: np.where(c, one, other), pairs[0])
    check(lambda x: np.where([True, False], x, other), pairs[0])
    check(lambda c: np.where(c, one), pairs[0])


@given(twins())
def test_where_of_a_condition(pair):
    check(np.where, pair)


@given(st.integers(0, 3), st.data())
def test_select(count, data):
    pairs = data.draw(broadcastable(2 * count + 1))
    default = data.draw(scalars() | st.just(None))

    def call(*arrays):
        conditions = [np.not_equal(one, 0) for one in arrays[:count]]
        last = arrays[-1] if default is None else default
        return np.select(conditions, list(arrays[count : 2 * count]), last)

    check(call, *pairs)


def test_select_refuses_what_numpy_refuses():
    x = np.zeros((2, 40))
    pair = x, qv.array(x)
    check(lambda x: np.select([x], [x]), pair)
    check(lambda x: np.select([x > 0], [x, x]), pair)
    check(lambda x: np.select(x > 0, x), pair)
    check(lambda x: np.select(x > 0, [1, 2], 3), pair)


@given(broadcastable(3), st.sampled_from(["raise", "wrap", "clip", "other"]), st.data())
def test_choose(pairs, mode, data):
    index = data.draw(twins([np.dtype("int8"), np.dtype(bool)], st.just(pairs[0][0].shape)))
    check(lambda a, *choices: np.choose(a, choices, mode=mode), index, *pairs)
    check(lambda a, x: np.choose(a, [x, 5], mode=mode), index, pairs[0])
    check(lambda a: np.choose(a, [3, 5], mode=mode), pairs[0])
    small = (np.abs(index[0]) > 1).astype(int)
    pair = small, qv.array(small)
    check(lambda a, *choices: np.choose(a, choices), pair, *pairs)
    check(lambda a, x: np.choose(a, x), pair, pairs[1])
    dtype = data.draw(st.sampled_from(DTYPES))
    if pair[0].ndim:
        out = output(pair[0].shape, dtype)
        check(into(lambda a, out: np.choose(a, [1, a], out=out)), pair, out)


@given(twins(), st.lists(scalars(), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_piecewise(pair, values, packed, otherwise):
    count = len(values) - otherwise

    def call(x):
        bounds = [x == -1, x == 1, x != 0][:count]
        return np.piecewise(x, bounds[0] if packed and count == 1 else bounds, values)

    check(call, pair)
    check(lambda x: np.piecewise(x, [x > 0], [lambda v: v * 2, lambda v: v.sum()]), pair)
    check(lambda x: np.piecewise(x, [x > 0], [lambda v, s: v * s, 0], 3), pair)


@given(broadcastable(3), scalars() | st.none(), scalars() | st.none())
def test_clip(pairs, low, high):
    # Of 0.0 and -0.0, the processor picks one.
    pairs = [(x, qv.array(x)) for x in (one_sign_of_zero(x) for x, _ in pairs)]
    check(np.clip, *pairs)
    check(lambda x: np.clip(x, low, high), pairs[0])
    check(lambda x, y: np.clip(x, low, y), *pairs[:2])
    check(lambda x: np.clip(x, min=low), pairs[0])
    check(lambda x: np.clip(x, max=high), pairs[0])
    check(lambda x: np.clip(x), pairs[0])
    check(lambda x: np.clip(x, low), pairs[0])
    check(lambda x: np.clip(x, 0, 1, min=2), pairs[0])
    check(lambda y: np.clip([1, 2], y, high), pairs[0])
    check(lambda x: np.clip(x, low, high, dtype=np.float32), pairs[0])
    check(lambda x: np.clip(x, low, high, casting="no"), pairs[0])


@given(twins(), st.integers(-3, 3))
def test_round(pair, decimals):
    for function in (np.round, np.around):
        check(lambda x, f=function: f(x, decimals), pair)


@given(twins(), scalars() | st.none(), scalars() | st.none())
def test_nan_to_num(pair, one, other):
    for nan in (0.0, 3):
        check(lambda x, n=nan: np.nan_to_num(x, nan=n, posinf=one, neginf=other), pair)
    if pair[0].ndim:
        row = np.arange(pair[0].shape[-1])
        check(lambda x: np.nan_to_num(x, nan=row, posinf=1, neginf=row), pair)
        check(lambda x: np.nan_to_num(x, nan=row), pair)

    def in_place(x):
        x = x.copy()
        got = np.nan_to_num(x, copy=False)
        return got is x, got, x

    check(in_place, pair)


@given(twins(), st.sampled_from(DTYPES))
def test_outputs(pair, dtype):
    x = np.where(pair[0] == pair[0], pair[0], 1)
    pair = x, qv.array(x)
    out, virtual = output(x.shape, dtype)
    for function in (np.fix, np.isposinf, np.isneginf, np.round, np.around):
        check(into(function), pair, (out, out))
        check(into(function), pair, (out, virtual))
    check(into(np.round), pair, output((2, 7), complex))
    check(lambda x: np.round(x, out=3), pair)


@given(broadcastable(2))
def test_scimath_of_two(pairs):
    for function in (np.lib.scimath.logn, np.lib.scimath.power):
        check(function, *pairs)
        check(lambda x, f=function: f(x, 0.5), pairs[0])
        check(lambda x, f=function: f(2, x), pairs[0])
        check(lambda x, f=function: f([-2.0], x), pairs[0])


@given(twins(), st.integers(-3, 3), st.sampled_from([None, 1, 5.0]), st.sampled_from([2, 7, 6.5]))
def test_unwrap(pair, axis, discont, period):
    check(lambda x: np.unwrap(x, discont, axis, period=period), pair)


@given(st.one_of(twins(FLOATS), spectral_twins()), st.booleans())
def test_angle(pair, deg):
    if pair[1].spectrum.is_standard:
        check(lambda x: np.angle(x, deg), pair)
        check(lambda x: np.angle(x, deg=deg), pair)
    else:
        check(lambda x: np.angle(np.exp(x) + 1, deg), pair, rounding=64, scale=100.0)


SPECTRAL_CALLS = [
    lambda x: np.where(np.exp(x) > 1.001, x, 7),
    lambda x: np.where(np.abs(x) + 1, x, 3),
    lambda x: np.clip(x, -0.25, 0.5),
    lambda x: np.sinc(x),
    lambda x: np.i0(np.abs(x)),
    lambda x: np.nan_to_num(x),
    lambda x: np.select([np.abs(x) < -1, np.abs(x) >= 0], [5, x], 9),
    lambda x: np.round(np.exp(x), 12),
    lambda x: np.where(np.abs(x) >= 0, x[..., None], np.arange(x.shape[-1]))[..., 0],
    lambda x: np.sum(np.where(np.abs(x) >= 0, x, 1)),
    lambda x: np.mean(np.sinc(np.where(np.abs(x) >= 0, x, 1))),
]


@pytest.mark.parametrize("call", SPECTRAL_CALLS)
@given(pair=spectral_twins())
def test_in_any_basis(call, pair):
    pair = pair[0].real, pair[1].real
    check(call, pair, rounding=1e3, scale=float(np.abs(pair[0]).sum() + 1))


@pytest.mark.parametrize("basis", ["walsh", "cosine", "fourier", "haar"])
def test_expressions_are_evaluated_when_somebody_asks(basis):
    x = qv.from_eigenvalues([2.0**20], [0], N, basis=basis).real
    for call in (np.sinc, np.i0, np.nan_to_num, np.round, lambda x: np.where(x > 0, x, 1)):
        y = call(x)
        assert isinstance(y.source, Expression)
        assert y[12345] == pytest.approx(call(np.ones(1))[0], rel=1e-9)
        assert y[3:5].todense().shape == (2,)


def test_what_an_expression_holds_does_not_change():
    x = qv.from_eigenvalues([1.0], [0], 8, basis="walsh")
    other = np.arange(8.0)
    y = np.where(x > 0, other, x)
    other[:] = 99
    assert y.todense().tolist() == list(range(8))


def test_the_face_of_a_ufunc():
    call = ElementwiseCall(np.sinc)
    assert (call.nout, call.__name__) == (1, "sinc")
    out = np.zeros(2)
    assert call(np.zeros(2), out=out) is out
    assert out.tolist() == [1, 1]
    with pytest.raises(TypeError):
        apply_elementwise(np.where, [np.array(["a"]), 1, 2])


@pytest.fixture(scope="module")
def large():
    def values(rng, count):
        return np.append([np.nan, np.inf, -np.inf], rng.standard_normal(count - 3) * 10)

    x = sparse_array(N, seed=5, values=values)
    return x.eigenvalues, x


@pytest.mark.parametrize(
    "call",
    [
        np.sinc,
        np.i0,
        np.angle,
        np.isposinf,
        np.isneginf,
        np.isreal,
        np.iscomplex,
        np.fix,
        np.nan_to_num,
        np.real_if_close,
        np.lib.scimath.sqrt,
        np.lib.scimath.arcsin,
        lambda x: np.lib.scimath.power(x, 2),
        lambda x: np.lib.scimath.logn(2, x),
        lambda x: np.round(x, 2),
        lambda x: np.clip(x, -1, 2),
        lambda x: np.where(x > 1, x, -7),
        lambda x: np.where(x, 3, x),
        lambda x: np.select([x > 1, x < -1], [x, 1 / (x - 5)], 4.0),
        lambda x: np.choose(x > 1, [x, 5]),
        lambda x: np.piecewise(x, [x > 1, x < 0], [1, 2]),
    ],
)
@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")
def test_what_cannot_be_materialised(call, large):
    values, x = large
    got = call(x)
    got.spectrum.check()
    assert got.shape == (N,)
    assert got.nbytes <= 3 * x.nbytes
    expected = call(np.append(values, 0.0))
    positions = [*x.active_indices[:50].tolist(), int(x.active_indices[-1]) + 1]
    elements = [got[p] for p in positions]
    np.testing.assert_array_equal(elements, [*expected[:50], expected[-1]])


def test_rows_of_what_cannot_be_materialised(large):
    x = qv.VirtualQArray(large[1].spectrum.replace(shape=(N // 8, 8), bases=large[1].bases * 2))
    got = np.where(x > 1, x, np.zeros(8))
    assert got.shape == (N // 8, 8)
    assert got.nactive == np.count_nonzero(large[0] > 1)
    with pytest.raises(MemoryError):
        np.where(x > 1, x, np.arange(8))
