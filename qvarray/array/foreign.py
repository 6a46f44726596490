"""Types of other libraries: which of them have a say in operators, ufuncs and functions.

`VirtualQArray` yields where an ndarray would: to an ``__array_ufunc__`` or ``__array_function__``
that is overridden, and to a higher ``__array_priority__``. Sparse arrays of the libraries that
`converts` knows have no say: they are taken as the arrays that they are, in O(k).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

F = TypeVar("F", bound=Callable[[Any, FrameType], Any])

#: The types of single numbers.
NUMBERS: frozenset[type[Any]] = frozenset(
    {bool, int, float, complex}
    | {np.dtype(code).type for code in "?" + np.typecodes["AllInteger"] + np.typecodes["AllFloat"]}
)

#: Types that have no say beside an array; most operands are of one of these.
PLAIN: frozenset[type[Any]] = NUMBERS | {np.ndarray, list, tuple, type(None)}

#: The types of most arguments that are neither arrays of other libraries nor hold any.
_OF_NO_ARRAYS: frozenset[type[Any]] = NUMBERS | {np.ndarray, type(None), str}

#: What `__array_priority__` is where it is not said, of an array or what wraps arrays, and of
#: anything else.
_OF_ARRAYS, _OF_OTHERS = 0.0, -1_000_000.0


#: Who answers for an attribute where code of another library asks for it, by module and attribute.
_ANSWERS: dict[tuple[str, str], Callable[[Any, FrameType], Any]] = {}


def answers(attribute: str, *modules: str) -> Callable[[F], F]:
    """Register who answers modules that ask arrays of ours for an attribute.

    It is called with the array and the frame that asks. It raises, or returns what is given in the
    place of the attribute, or None.
    """

    def register(answer: F) -> F:
        _ANSWERS.update({(module, attribute): answer for module in modules})
        return answer

    return register


def asked_for(attribute: str, x: object, frame: FrameType) -> Any:
    """Return what a frame is given in the place of an attribute; None for the attribute itself."""
    answer = _ANSWERS.get((frame.f_globals.get("__name__", ""), attribute))
    return None if answer is None else answer(x, frame)


class Conversion(NamedTuple):
    """How arrays of a type of another library become arrays of ours."""

    #: Takes one, and returns a VirtualQArray of the same elements, exactly.
    convert: Callable[[Any], Any]
    #: Its ``*`` is a product of matrices.
    is_matrix: bool = False


#: Who knows the conversions from the types of a package, by the name of that package.
_CONVERSIONS: dict[str, Callable[[type[Any]], Conversion | None]] = {}

#: What was found for types that were seen, up to this number.
_FOUND: dict[type[Any], Conversion | None] = {}
_MOST_TYPES = 256

_Finder = Callable[[type[Any]], Conversion | None]


def converts(package: str) -> Callable[[_Finder], _Finder]:
    """Register who knows how arrays of a package are converted: a function of their type.

    `package`: the first part of the name of the module that defines the types.
    """

    def register(find: _Finder) -> _Finder:
        _CONVERSIONS[package] = find
        return find

    return register


def conversion(kind: type[Any]) -> Conversion | None:
    """Return how arrays of a type become arrays of ours; None for types that nobody converts."""
    try:
        return _FOUND[kind]
    except KeyError:
        pass
    answers = (
        _CONVERSIONS[package](kind)
        for base in kind.__mro__
        if (package := base.__module__.partition(".")[0]) in _CONVERSIONS
    )
    found = next((answer for answer in answers if answer is not None), None)
    if len(_FOUND) < _MOST_TYPES:
        _FOUND[kind] = found
    return found


#: What tells a library of arrays of ours when one of its arrays is seen, by its package.
_INTRODUCTIONS: dict[str, Callable[[], object]] = {}


def introduces(package: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register what is called once, when an array of a package is seen for the first time."""

    def register(introduce: Callable[[], object]) -> Callable[[], object]:
        _INTRODUCTIONS[package] = introduce
        return introduce

    return register


def introduced(kind: type[Any]) -> bool:
    """Introduce arrays of ours to the library of a type; tell whether that was the first time."""
    introduce = _INTRODUCTIONS.pop(kind.__module__.partition(".")[0], None)
    if introduce is None:
        return False
    introduce()
    return True


def converted(obj: Any) -> Any:
    """Return an array of a type that is converted as one of ours, and all else as it is."""
    if type(obj) in PLAIN:
        return obj
    known = conversion(type(obj))
    return obj if known is None else known.convert(obj)


def holds_convertible(given: Iterable[object]) -> bool:
    """Tell whether an array that is `converted` is among arguments, or in lists there.

    Of the hot path. A list that begins with a number is one of numbers.
    """
    for each in given:
        kind = type(each)
        if kind in _OF_NO_ARRAYS:
            continue
        if kind is list or kind is tuple:
            listed = cast("Sequence[object]", each)
            if listed and type(listed[0]) not in NUMBERS and holds_convertible(listed):
                return True
        elif conversion(kind) is not None:
            return True
    return False


def all_converted(given: Any) -> Any:
    """Return arguments with the arrays in them `converted`, also those in lists, tuples and dicts.

    O(m) for m numbers in lists.
    """
    kind = type(given)
    if kind is list or kind is tuple:
        return kind(map(all_converted, given))
    if kind is dict:
        return {name: all_converted(each) for name, each in given.items()}
    return converted(given)


def _priority(obj: object, known: float) -> float:
    try:
        return float(getattr(obj, "__array_priority__", known))
    except (TypeError, ValueError):
        return known


def refuses(obj: object) -> bool:
    """Tell whether a type takes no part in ufuncs: its ``__array_ufunc__`` is None."""
    return getattr(type(obj), "__array_ufunc__", False) is None


def answers_ufuncs(obj: object) -> bool:
    """Tell whether an object that is no ndarray answers the ufuncs that it is given to."""
    kind = type(obj)
    if not hasattr(kind, "__array_ufunc__") or issubclass(kind, np.ndarray):
        return False
    # Its library may answer only once it knows arrays of ours, so it is told before it is asked.
    introduced(kind)
    return conversion(kind) is None


def outranks(obj: object) -> bool:
    """Tell whether NumPy's ufuncs make a result of this type, or let it make one.

    A subclass of ndarray that overrides ``__array_ufunc__``, or any type with an
    ``__array_wrap__`` and no lower priority than an ndarray: ``np.matrix``, not ``np.memmap``.
    """
    kind: Any = type(obj)
    if issubclass(kind, np.ndarray):
        if kind is np.ndarray:
            return False
        if kind.__array_ufunc__ is not np.ndarray.__array_ufunc__:
            return True
    return hasattr(kind, "__array_wrap__") and _priority(obj, _OF_ARRAYS) >= _OF_ARRAYS


def leads(obj: object) -> bool:
    """Tell whether an ndarray leaves binary operators to the other operand.

    So it does to subclasses, which Python asks first, and where there is no ``__array_ufunc__``
    and a higher priority: sparse matrices of SciPy's, units, arrays of jax.
    """
    if isinstance(obj, np.ndarray):
        return outranks(obj)
    if conversion(type(obj)) is not None:
        return False
    return not hasattr(type(obj), "__array_ufunc__") and _priority(obj, _OF_OTHERS) > _OF_ARRAYS


def overrides(kind: type[Any]) -> bool:
    """Tell whether a subclass of ndarray has a say in what NumPy's functions return."""
    if kind.__array_function__ is not np.ndarray.__array_function__:
        return True
    priority = getattr(kind, "__array_priority__", None)
    return isinstance(priority, (int, float)) and priority > _OF_ARRAYS
