"""Arrays of other types keep their rights: an ndarray and its twin are treated alike by them."""

import operator
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import DTYPES, arrays, twins
from .test_views import advanced

OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
    operator.matmul,
    operator.lt,
    operator.ge,
    operator.eq,
    operator.ne,
    divmod,
]
IN_PLACE = [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.imatmul]


class Metres(np.ndarray):
    """A subclass of ndarray that overrides both protocols, and knows ndarrays alone."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        given = [x.view(np.ndarray) if isinstance(x, Metres) else x for x in inputs]
        if not all(isinstance(x, (np.ndarray, np.generic, int, float)) for x in given):
            return NotImplemented
        if ufunc in (np.add, np.subtract, np.less) and not all(
            isinstance(x, Metres) for x in inputs
        ):
            raise ArithmeticError("metres and numbers")
        if out and not all(isinstance(x, Metres) for x in out):
            raise ArithmeticError("metres in an array of numbers")
        result = getattr(ufunc, method)(*given, **kwargs)
        return result.view(Metres) if isinstance(result, np.ndarray) else result

    def __array_function__(self, func, types, args, kwargs):
        if func is np.concatenate:
            raise ArithmeticError("metres and numbers")
        return super().__array_function__(func, types, args, kwargs)


class Plain(np.ndarray):
    """A subclass that overrides nothing."""


class Guarded:
    """Answers ufuncs of ndarrays and of its own kind; returns NotImplemented for all others."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        known = (Guarded, np.ndarray, np.generic, int, float)
        if not all(isinstance(x, known) for x in (*inputs, *out)):
            return NotImplemented
        given = [x.values if isinstance(x, Guarded) else x for x in inputs]
        result = getattr(ufunc, method)(*given, **kwargs)
        return tuple(map(Guarded, result)) if isinstance(result, tuple) else Guarded(result)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)


class Host(Guarded):
    """Takes any array as it is."""

    def __init__(self, values):
        self.values = values

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        given = [x.values if isinstance(x, Host) else x for x in inputs]
        self.met = {type(x) for x in given}
        return Host(getattr(ufunc, method)(*given, **kwargs))


class Old:
    """Has a priority and operators, from before there was ``__array_ufunc__``."""

    __array_priority__ = 10.0

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)

    def _with(self, other, call):
        # As those of SciPy, it knows ndarrays by their class.
        if not isinstance(other, np.ndarray):
            return NotImplemented
        result = call(self.values, other)
        return tuple(map(Old, result)) if isinstance(result, tuple) else Old(result)

    def __eq__(self, other):
        return self._with(other, operator.eq)

    def __ne__(self, other):
        return self._with(other, operator.ne)

    __hash__ = None  # type: ignore[assignment]


class Lower(Old):
    __array_priority__ = -10.0


class Wrapped(Lower):
    """Has a say in what ufuncs return, by ``__array_wrap__``."""

    __array_priority__ = 5.0

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return Old(array)


def _give(name, call):
    setattr(Old, name, lambda self, other: self._with(other, call))


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "divmod"):
    _call = divmod if _name == "divmod" else getattr(operator, _name)
    _give(f"__{_name}__", _call)
    _give(f"__r{_name}__", lambda x, y, call=_call: call(y, x))
for _name in ("lt", "le", "gt", "ge"):
    _give(f"__{_name}__", getattr(operator, _name))


class Refusing:
    """Takes no part in ufuncs."""

    __array_ufunc__ = None

    def __radd__(self, other):
        return "theirs"

    def __eq__(self, other):
        return "theirs"

    __hash__ = None  # type: ignore[assignment]


def _kind(x):
    return np.ndarray if isinstance(x, qv.VirtualQArray) else type(x)


def _content(x):
    if isinstance(x, qv.VirtualQArray):
        x.spectrum.check()
        return x.todense()
    if isinstance(x, (Guarded, Old)):
        return _content(x.values)
    return np.asarray(x)


def _outcome(call, *operands):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return call(*operands)
        except Exception as error:
            return error


def alike(call, x, fill=0):
    """Make the same call with an ndarray and with its twin: the same type and values come back."""
    expected = _outcome(call, x.copy())
    got = _outcome(call, qv.array(x, fill_value=fill))
    if isinstance(expected, tuple):
        assert isinstance(got, tuple), got
        pairs = list(zip(expected, got, strict=True))
    else:
        pairs = [(expected, got)]
    for one, other in pairs:
        assert _kind(one) is _kind(other), (one, other)
        if not isinstance(one, Exception):
            np.testing.assert_array_equal(_content(other), _content(one), strict=True)
            if isinstance(one, np.ma.MaskedArray):
                np.testing.assert_array_equal(other.mask, one.mask)


MATRIX = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [4.0, 0.0, 0.0]])
OTHERS = {
    "metres": lambda y: y.view(Metres),
    "plain subclass": lambda y: y.view(Plain),
    "np.matrix": lambda y: y.view(np.matrix),
    "masked": lambda y: np.ma.masked_equal(y, 2),
    "guarded": Guarded,
    "host": Host,
    "old": Old,
    "lower": Lower,
    "wrapped": Wrapped,
}


@pytest.mark.parametrize("name", sorted(OTHERS))
@pytest.mark.parametrize("fill", [0, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.int32])
def test_operators(name, fill, dtype):
    other = OTHERS[name](MATRIX.astype(dtype))
    x = np.array([[0, 1, 0], [0, 0, 0], [0, 3, 2]], dtype) + dtype(fill)
    for call in OPERATORS:
        alike(lambda x: call(x, other), x, fill)  # noqa: B023
        if name != "lower":
            # What is of lower priority is asked first there, and an ndarray is what it knows.
            alike(lambda x: call(other, x), x, fill)  # noqa: B023


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_operators_in_place(name):
    x = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 3.0, 2.0]])
    for call in IN_PLACE:

        def program(x):
            other = OTHERS[name](MATRIX + 1)
            return call(x, other), x  # noqa: B023

        alike(program, x)


@pytest.mark.parametrize("name", ["metres", "plain subclass", "np.matrix", "guarded", "wrapped"])
def test_ufuncs(name):
    x = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 3.0, 2.0]])
    other = OTHERS[name](MATRIX)
    ours = qv.array(x)
    for call in (
        lambda x: np.add(x, other),
        lambda x: np.multiply(other, x),
        lambda x: np.multiply(x, other, dtype=np.float32, casting="same_kind"),
        lambda x: np.arctan2(x, other),
        lambda x: np.matmul(x, other),
        lambda x: np.divmod(x, other),
        lambda x: (np.multiply(x, other, out=x), x),
        lambda x: (np.sqrt(other, out=x), x),
        lambda x: (np.multiply(x, x, out=x, where=other), x),
        lambda x: np.multiply.outer(x, other),
        lambda x: np.add.reduce(x, where=other > 0),
        lambda x: (getattr(np.multiply, "at")(x, (slice(None), [0, 1, 1]), other), x),  # noqa: B009
    ):
        alike(call, x)
    np.testing.assert_array_equal(ours, x)


@pytest.mark.parametrize("name", ["metres", "np.matrix"])
def test_functions(name):
    x = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 3.0, 2.0]])
    other = OTHERS[name](MATRIX)
    for call in (
        lambda x: np.concatenate([x, other]),
        lambda x: np.dot(x, other),
        lambda x: np.dot(other, x),
        lambda x: np.where(x > 1, other, x),
        lambda x: np.vdot(x, other),
        lambda x: np.copyto(other.copy(), x),
    ):
        alike(call, x)


def test_hosts_are_given_the_virtual_array():
    x = qv.from_coordinates([[2**39]], [1.0], (2**40,))
    host = Host(2.0)
    for made in (x * host, host * x, np.multiply(x, host), np.multiply(host, x)):
        assert type(made) is Host
        assert made.values[2**39] == 2
    assert qv.VirtualQArray in host.met


def test_refusing_types_are_left_alone():
    x = qv.asarray(np.ones(3))
    assert x + Refusing() == "theirs"
    assert (x == Refusing()) == "theirs"
    for call in (
        lambda: operator.sub(x, Refusing()),
        lambda: np.add(x, Refusing()),
        lambda: x.__add__,
    ):
        if isinstance(_outcome(call), TypeError):
            continue
        assert x.__add__(Refusing()) is NotImplemented  # type: ignore[operator]
    with pytest.raises(TypeError):
        x += Refusing()


def test_mapped_files_are_ndarrays(tmp_path):
    mapped = np.memmap(tmp_path / "x", float, "w+", shape=3)
    x = qv.from_coordinates([[1]], [1.0], (2**40,))[:3]
    assert isinstance(x + mapped, qv.VirtualQArray)
    assert isinstance(mapped * x, qv.VirtualQArray)
    assert isinstance(np.concatenate([x, mapped]), qv.VirtualQArray)


def test_what_does_not_fit_is_named():
    x = qv.from_coordinates([[5], [7]], [1.0], (2**30, 2**30))
    with pytest.raises(qv.MaterializationError, match=r"^np\.multiply would"):
        _ = x * np.ones((1, 1)).view(np.matrix)
    y = np.zeros(1).view(Metres)
    with pytest.raises(qv.MaterializationError, match=r"^np\.multiply would"):
        _ = y * x


def test_comparisons_with_other_types_are_not_guessed():
    class Failing(Guarded):
        def __array_ufunc__(self, *args, **kwargs):
            return NotImplemented

    with pytest.raises(TypeError):
        _ = qv.asarray(np.ones(2)) == Failing([1.0, 1.0])
    assert not (qv.asarray(np.ones(2)) == "text").any()


class Foreign:
    """An array of another library, as a key: with ``__array__``, ``__index__`` and a length."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.dtype, self.ndim, self.shape = self.values.dtype, self.values.ndim, self.values.shape

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)

    def __index__(self):
        if self.ndim or self.dtype.kind not in "iu":
            raise TypeError("only scalars")
        return int(self.values)

    def __len__(self):
        return len(self.values)


def _foreign(key):
    if isinstance(key, tuple):
        return tuple(_foreign(part) for part in key)
    return Foreign(key) if isinstance(key, np.ndarray) else key


@given(twins(), st.data())
def test_keys_of_other_libraries(pair, data):
    key = data.draw(advanced(pair[0].shape))
    alike(lambda x: x[_foreign(key)], pair[0])

    def written(x):
        x[_foreign(key)] = 1
        return x

    alike(written, pair[0])


@pytest.mark.parametrize("key", [1, [1, 2], [True, False, True, True], [[0], [3]], []])
def test_keys_of_dask(key):
    dask = pytest.importorskip("dask.array")
    lazy = dask.from_array(np.array(key, dtype=None if key else int))
    alike(lambda x: x[lazy], np.array([1.0, 0.0, 2.0, 3.0]))
    alike(lambda x: x.__setitem__(lazy, 9), np.array([1.0, 0.0, 2.0, 3.0]))


@given(arrays(DTYPES), st.data())
def test_powers_in_place(x, data):
    exponent = data.draw(st.sampled_from([2, 2.0, 3, 1.0, 0, -1, -1.0, 0.5, True, np.float32(2)]))
    x = data.draw(st.sampled_from([x, x.reshape(-1)[:0], x.reshape(-1)[:1]]))

    def raised(x):
        x **= exponent
        return x

    alike(raised, x)


class Wrapping:
    """An array of another library that says nothing of its priority."""

    def __array__(self, dtype=None, copy=None):
        return np.ones(3)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return "wrapped", array.tolist()


def test_results_are_wrapped_by_what_wraps_them():
    x = np.array([0.0, 1.0, -2.0])
    for call in (lambda x: np.add(x, Wrapping()), lambda x: np.add(Wrapping(), x)):
        assert call(qv.array(x)) == call(x)


def test_matrix_product_in_place_asks_an_operand_that_answers_ufuncs():
    class Answering:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return ufunc.__name__

        def __array__(self, dtype=None, copy=None):
            raise AssertionError

    for x in (np.ones((2, 2)), qv.ones((2, 2))):
        x @= Answering()
        assert x == "matmul"
