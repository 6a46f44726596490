"""Every NumPy function that can be overridden: `calls` of it on an ndarray and on its twin."""

import inspect
import sys

import numpy as np
import numpy.char
import numpy.fft
import numpy.lib.recfunctions
import numpy.lib.scimath
import numpy.lib.stride_tricks
import numpy.linalg
import numpy.polynomial
import numpy.strings
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import overrides

import qvarray as qv

from ..calls import CALLS
from ..twin import (
    DTYPES,
    ELEMENTS,
    FLOATS,
    SPECTRAL,
    arrays_of,
    check,
    dates,
    dense_by_definition,
    elements,
    units,
    with_fill,
)

OVERRIDABLE = overrides.get_overridable_numpy_array_functions()
# Functions of records and of strings, which no array of ours can hold.
_REFUSED = ("numpy.lib.recfunctions", "numpy.strings", "numpy.char")


def public(function):
    """The function of that name: those with ``like=`` are listed twice."""
    return getattr(sys.modules[function.__module__], function.__name__)


FUNCTIONS = {public(function) for function in OVERRIDABLE if function.__module__ not in _REFUSED}
REFUSED = sorted(
    (function for function in OVERRIDABLE if function.__module__ in _REFUSED),
    key=lambda function: (function.__module__, function.__name__),
)

REAL = [dtype for dtype in DTYPES if dtype.kind != "c"]
INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "iu"]
LINEAR = [np.dtype(name) for name in ("int8", "bool", "float32", "float64", "complex128")]

_TAME = [0, 0, 1, -1, 2, -2, 3, 0.5, 0.25, 1.5, -0.75]
_FINITE = [0, 0, 1, -1, 2, 5, 9, -7, 20, 0.5, 3.25, -6.5]


def tame(dtype, numbers=_TAME, odd=()):
    """Numbers whose sums are exact in any order; zeros are not negative."""
    if dtype.kind == "b":
        return st.booleans().map(dtype.type)
    if dtype.kind in "mM":
        return dates(dtype, st.sampled_from([0, 0, 1, -1, 5]))
    if dtype.kind in "iu":
        numbers = [one for one in numbers if one == int(one) and (one >= 0 or dtype.kind == "i")]
    values = [dtype.type(one) for one in numbers]
    if dtype.kind == "c":
        values += [dtype.type(1 - 2j), dtype.type(0.5j)]
    if dtype.kind in "fc":
        values += [dtype.type(one) for one in odd]
    return st.sampled_from(values)


def finite(dtype):
    return tame(dtype, _FINITE)


def gap(dtype):
    """NaN and infinity among tame numbers."""
    odd = [complex(np.nan, np.nan)] if dtype.kind == "c" else [np.nan, np.nan, np.inf]
    return tame(dtype, odd=odd)


def ordered(dtype):
    """Anything, but zeros of one sign and one kind of NaN: so that equals are the same."""

    def sided(value):
        value = value + dtype.type(0)
        return (
            dtype.type(complex(np.nan, np.nan)) if dtype.kind == "c" and value != value else value
        )

    return elements(dtype).map(sided) if dtype.kind in "fc" else elements(dtype)


def positive(dtype):
    return st.sampled_from([1, 2, 4, 9]).map(lambda count: units(dtype, count))


def few(dtype):
    return st.integers(0, 3).map(dtype.type)


class Draws:
    """What the parameters of a call stand for, drawn for one example.

    Parameters
    ----------
    draw : callable
    bases : sequence of str
        None for the standard basis and any dtype and fill value; else arrays of few eigenvalues.
    """

    def __init__(self, draw, bases=()):
        self.draw = draw
        self.bases = bases
        self.drawn = {}
        self.first = None

    def pairs(self, names):
        """An ndarray and its twin for each array, the same thing twice for each other argument."""
        self.first = None
        out = []
        for name in names:
            key = name, None if self.first is None or name.endswith("2") else id(self.first)
            if key not in self.drawn:
                self.drawn[key] = getattr(self, name)()
            pair = self.drawn[key]
            if self.first is None:
                self.first = pair[0]
            out.append(pair)
        return out

    def one_of(self, *values):
        value = self.draw(st.sampled_from(values))
        return value, value

    # -- arrays -----------------------------------------------------------------------------

    def sides(self, *lengths):
        if self.bases == ["walsh"]:
            return st.sampled_from([n for n in lengths if n in (1, 4)] or lengths)
        return st.sampled_from(lengths)

    def any_shape(self, dims=(0, 3), lengths=(0, 1, 2, 3, 4)):
        count = self.draw(st.integers(*dims))
        side = self.sides(*lengths)
        return tuple(self.draw(st.lists(side, min_size=count, max_size=count)))

    def array(self, values, dtypes=ELEMENTS, shape=None):
        """A pair of twins."""
        shape = self.any_shape() if shape is None else shape
        if self.bases and 0 not in shape:
            return self.spectral(shape)
        dtype = self.draw(st.sampled_from(tuple(dtypes)))
        return with_fill(self.draw, self.draw(arrays_of(dtype, shape, values)))

    def exact(self, *args, **kwargs):
        """A pair of twins in the standard basis, where the elements must be of a kind."""
        bases, self.bases = self.bases, ()
        pair = self.array(*args, **kwargs)
        self.bases = bases
        return pair

    def spectral(self, shape):
        """Few eigenvalues; in walsh bases the elements are exact."""

        def basis(n):
            powers = n & (n - 1) == 0
            if self.bases == ["walsh"]:
                return "walsh" if n in (1, 4) else "standard"
            names = [one for one in self.bases if powers or one not in ("walsh", "haar")]
            return self.draw(st.sampled_from(["standard", *names]))

        bases = [basis(n) for n in shape]
        size = int(np.prod(shape))
        count = min(size, self.draw(st.integers(0, 5)))
        where = st.lists(st.integers(0, size - 1), min_size=count, max_size=count, unique=True)
        values = st.lists(st.integers(-4, 4), min_size=count, max_size=count)
        eigenvalues = np.array(self.draw(values), float)
        y = qv.from_eigenvalues(eigenvalues, self.draw(where), shape, basis=bases)
        return np.asarray(dense_by_definition(y) + 0.0).copy(), y

    def second(self, values, dtypes=ELEMENTS, shape=None):
        """A pair of twins, or an ndarray for both calls."""
        pair = self.array(values, dtypes, shape)
        return (pair[0], pair[0]) if self.draw(st.integers(0, 2)) == 0 else pair

    def near_shape(self):
        """A shape that broadcasts with that of the first array."""
        shape = [self.draw(st.sampled_from([n, n, 1])) for n in self.first.shape]
        return tuple(shape[self.draw(st.integers(0, len(shape))) :])

    def x(self):
        return self.array(elements)

    def x2(self):
        return self.second(elements, shape=self.near_shape())

    def third(self):
        return self.array(elements, shape=self.near_shape())

    def several(self):
        """An array of two axes or more, with elements."""
        return self.array(tame, shape=self.any_shape((2, 3), (1, 2, 3, 4)))

    def n(self):
        return self.array(tame)

    def n2(self):
        return self.second(tame, shape=self.near_shape())

    def gap(self):
        return self.array(gap, FLOATS)

    def ordered(self):
        return self.array(ordered)

    def ordered2(self):
        return self.second(ordered, shape=self.near_shape())

    def finite(self):
        return self.array(finite, REAL)

    def level(self):
        return self.array(tame, shape=self.any_shape(lengths=(0, 1, 2, 4)))

    def even(self):
        return self.array(tame, LINEAR, self.any_shape((1, 2), (2, 4)))

    def modest(self):
        return self.array(tame)

    def sample(self):
        return self.array(tame)

    def positive(self):
        return self.exact(positive)

    def positive1(self):
        return self.exact(positive, shape=self.any_shape((1, 1)))

    def vector(self):
        return self.array(elements, shape=self.any_shape((1, 1)))

    def vector2(self):
        return self.second(elements, shape=self.any_shape((1, 1)))

    def row(self):
        return self.array(tame, shape=self.any_shape((1, 1)))

    def row2(self):
        return self.second(tame, shape=self.any_shape((1, 1)))

    def beside(self):
        return self.second(tame, shape=self.first.shape[:1])

    def beside2(self):
        return self.second(tame, LINEAR, self.first.shape[:-1])

    def same(self):
        return self.second(tame, shape=self.first.shape)

    def near(self):
        shape = self.first.shape
        return self.second(tame, shape=self.any_shape((1, 1)) + shape[1:] if shape else ())

    def table(self):
        return self.array(elements, shape=self.any_shape((2, 2)))

    def matrix(self):
        return self.array(tame, LINEAR, self.any_shape((2, 2)))

    def right(self):
        n = self.first.shape[-1] if self.first.ndim else 1
        return self.second(tame, LINEAR, (n, *self.any_shape((0, 1))))

    def square(self):
        return self.array(tame, LINEAR, self.any_shape((1, 1), (1, 2, 4)) * 2)

    def squares(self):
        return self.array(
            tame, LINEAR, self.any_shape((0, 1), (0, 1, 2)) + self.any_shape((1, 1)) * 2
        )

    def triples(self):
        return self.array(tame, LINEAR, (*self.any_shape((0, 1)), 3))

    def triples2(self):
        return self.second(tame, LINEAR, self.first.shape)

    def conditioned(self, shape, like=lambda x: x):
        """Twins of matrices without small eigenvalues."""
        dtype = self.draw(st.sampled_from(tuple(LINEAR[2:])))
        x = like(self.draw(arrays_of(dtype, shape, tame))) + np.eye(
            *shape[-2:], dtype=dtype
        ) * dtype.type(16)
        return x, qv.array(x)

    def regular(self):
        return self.conditioned(
            self.any_shape((0, 1), (0, 1, 2)) + self.any_shape((1, 1), (1, 2, 3)) * 2
        )

    def regular2(self):
        return self.conditioned(self.any_shape((1, 1), (1, 2, 3)) * 2)

    def regular4(self):
        x, _ = self.conditioned((4, 4))
        x = x.reshape(2, 2, 2, 2)
        return x, qv.array(x)

    def definite(self):
        shape = self.any_shape((0, 1), (0, 1, 2)) + self.any_shape((1, 1), (1, 2, 3)) * 2
        return self.conditioned(shape, lambda x: x + x.mT.conj())

    def definite2(self):
        shape = self.any_shape((1, 1), (1, 2, 3)) * 2
        return self.conditioned(shape, lambda x: x + x.mT.conj())

    def ints(self):
        return self.exact(few, INTEGERS)

    def ints1(self):
        shape = self.any_shape((1, 1))
        return self.exact(few, INTEGERS, shape)

    def longs(self):
        shape = self.any_shape((1, 1))
        return self.exact(few, [np.dtype(int)], shape)

    def counts(self):
        shape = self.first.shape[:1] or (1,)
        return self.exact(few, INTEGERS, shape)

    def positions(self):
        size = max(self.first.size, 1)
        low = -size - (self.draw(st.integers(0, 9)) == 0)
        return self.exact(
            lambda dtype: st.integers(low, size - 1).map(dtype.type), [np.dtype("int64")]
        )

    def order(self):
        return self.exact(
            lambda dtype: st.integers(-1, 0).map(dtype.type),
            [np.dtype("int64"), np.dtype("int8")],
            self.first.shape,
        )

    def octets(self):
        # NumPy leaves what it pads with open where there is nothing.
        return self.exact(elements, [np.dtype("uint8")], self.any_shape((0, 3), (1, 2, 3)))

    def mask(self):
        return self.exact(elements, [np.dtype(bool)], self.first.shape)

    def mask1(self):
        return self.exact(elements, [np.dtype(bool)])

    def bits(self):
        shape = self.any_shape((1, 1)) if self.first is None else self.first.shape[:1] or (1,)
        return self.exact(elements, [np.dtype(bool)], shape)

    def weekmask(self):
        return self.exact(elements, [np.dtype(bool)], (7,))

    def ascending(self):
        pair = self.exact(finite, REAL, self.any_shape((1, 1)))
        x = np.sort(pair[0])
        return x, qv.array(x, fill_value=x[0] if x.size else 0)

    def distinct(self):
        x = np.array(self.draw(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)))
        x = x.astype(self.draw(st.sampled_from(LINEAR[2:4] + INTEGERS)))
        return x, qv.array(x, fill_value=x[0])

    def weights(self):
        return self.exact(positive, LINEAR[2:4], self.first.shape[:1])

    def quantiles(self):
        return self.exact(lambda dtype: st.sampled_from([0.0, 0.25, 1.0]), [np.dtype(float)])

    # -- other arguments --------------------------------------------------------------------

    def axis(self):
        ndim = self.first.ndim
        if ndim and self.draw(st.integers(0, 7)):
            return self.one_of(*range(-ndim, ndim))
        return self.one_of(*range(-ndim - 1, ndim + 1))

    other = axis

    def maybe(self):
        return (None, None) if self.draw(st.integers(0, 3)) == 0 else self.axis()

    def axes(self):
        if self.draw(st.booleans()):
            return self.maybe()
        ndim = self.first.ndim
        axes = self.draw(st.lists(st.integers(-ndim, max(ndim - 1, 0)), max_size=3, unique=True))
        return tuple(axes), tuple(axes)

    def permutation(self):
        axes = self.draw(st.permutations(range(self.first.ndim)))
        return axes, axes

    def keepdims(self):
        return self.one_of(False, True)

    flag = keepdims

    def k(self):
        return self.one_of(0, 1, -1, 2, -2, 3)

    def length(self):
        return self.one_of(None, 1, 2, 3, 5, 0)

    def norm(self):
        return self.one_of("ortho", "forward", "backward", None, "none of these")

    def dtype(self):
        return self.one_of(None, "float64", "complex128", "float32", "int8", "bool")

    def kind(self):
        # What is off by rounding cannot be compared once it is an integer or a bool.
        exact = () if self.bases and self.bases != ["walsh"] else ("int8", "bool")
        return self.one_of(None, None, "complex128", "float32", *exact, "shape")

    def shape(self):
        return self.one_of((), 3, (2, 3), (0, 2), (4, 1), [2])


def described(result):
    """A result with the names of the types of its tuples."""
    if isinstance(result, (list, tuple)):
        return type(result).__name__, [described(one) for one in result]
    return result


def parameters(call):
    """Those without defaults, which are the functions' own."""
    found = inspect.signature(call).parameters.values()
    return [one.name for one in found if one.default is one.empty]


def compare(call, draws, **tolerance):
    names = parameters(call)
    pairs = draws.pairs(names)
    if call in CALLS[np.vdot].calls and any(np.asarray(x).dtype.kind == "M" for x, _ in pairs):
        # NumPy takes datetimes to objects here and counts their references wrongly: it crashes.
        return
    try:
        check(lambda *args: described(call(*args)), *pairs, **tolerance)
    except BaseException as error:
        given = {name: pair[1] for name, pair in zip(names, pairs, strict=True)}
        shown = [f"{name}={one!r}" for name, one in given.items()]
        error.add_note(f"calls.py:{call.__code__.co_firstlineno} with {', '.join(shown)}")
        raise


def identity(function):
    return f"{function.__module__.removeprefix('numpy.')}.{function.__name__}"


BY_NAME = sorted(CALLS, key=identity)


def test_every_function_is_called():
    assert len(OVERRIDABLE) >= 300
    assert set(CALLS) == FUNCTIONS


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", BY_NAME, ids=identity)
def test_function(function):
    calls = CALLS[function]

    @settings(max_examples=calls.examples)
    @given(st.data())
    def run(data):
        draws = Draws(data.draw)
        for call in calls.calls:
            compare(call, draws, rounding=calls.rounding, scale=calls.scale)

    run()


def in_spectral_bases(calls):
    """The bases, and how exact the elements of arrays in them are."""
    if calls.smooth:
        return SPECTRAL, {"rounding": max(calls.rounding, 2.0**10), "scale": max(calls.scale, 8.0)}
    # A Walsh axis of length 4 halves small integers: elements are exact, or folded in a few steps.
    return ["walsh"], {"rounding": max(calls.rounding, 4.0), "scale": calls.scale}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", BY_NAME, ids=identity)
def test_function_in_spectral_bases(function):
    calls = CALLS[function]
    bases, tolerance = in_spectral_bases(calls)

    @settings(max_examples=max(calls.examples // 4, 1))
    @given(st.data())
    def run(data):
        draws = Draws(data.draw, bases)
        for call in calls.calls:
            compare(call, draws, **tolerance)

    run()


# Of an array without axes NumPy takes an output of another shape, if it has to cast.
LENIENT = {
    np.cumprod,
    np.cumsum,
    np.cumulative_prod,
    np.cumulative_sum,
    np.nancumprod,
    np.nancumsum,
}


class OtherOrder(Draws):
    """Arrays whose elements are not in the byte order of the machine."""

    def array(self, values, dtypes=ELEMENTS, shape=None):
        # NumPy sorts and counts those of extended precision wrongly, which are padded.
        x, y = super().array(values, [one for one in dtypes if one.char not in "gG"], shape)
        x = x.astype(x.dtype.newbyteorder())
        return x, qv.array(x, fill_value=y.fill_value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", BY_NAME, ids=identity)
def test_function_in_the_other_byte_order(function):
    calls = CALLS[function]

    # Other sums of products, and those have zeros of other signs.
    rounding = max(calls.rounding, 1.0) if function is np.einsum else calls.rounding

    @settings(max_examples=2)
    @given(st.data())
    def run(data):
        draws = OtherOrder(data.draw)
        for call in calls.calls:
            if function not in LENIENT or "kind" not in parameters(call):
                compare(call, draws, rounding=rounding, scale=calls.scale)

    run()


@pytest.mark.parametrize("function", REFUSED, ids=identity)
def test_functions_of_records_and_strings_refuse(function):
    x = qv.array(np.eye(3))
    with pytest.raises(TypeError, match="numbers, bool or dates"):
        function(*[x] * len(parameters(function)))
