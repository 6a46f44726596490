"""What NumPy says of a call that is refused for its size or time: its exception comes first.

NumPy is asked with stand-ins of the arguments: arrays of as many axes and the same dtypes, but few
elements. Lengths of axes, and integers among the arguments, become small ones that are equal where
they were, and in the same order, so that shapes fit together and indices are within bounds as they
did before. It is asked twice, with other numbers, and believed where both answers are of one type.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, TypeGuard

import numpy as np

from ..core.peaks import first_shape
from ..core.values import Array
from .stored import Stored

#: Numbers up to this one stand for themselves.
_FEW = 8
#: What the least of the others becomes, and how far the next ones are from it: where stand-ins have
#: few elements then, and where they have not.
_SCALES = (((11, 2), (29, 3)), ((2, 1), (3, 2)))
_MOST_AXES, _MOST_ELEMENTS = 6, 1 << 14
#: Entries from which a list is looked at as an array is.
_LONG = 64

#: Functions that read or write files, or make an axis of a result for each element of one.
_UNJUDGED = frozenset(
    (
        *(np.fromfile, np.genfromtxt, np.histogramdd, np.loadtxt),
        *(np.save, np.savetxt, np.savez, np.savez_compressed),
    )
)
#: Functions that look at sums or products of lengths, or at what they leave when divided.
_OF_OTHER_NUMBERS = frozenset(
    (
        *(np.array_split, np.block, np.dsplit, np.hsplit, np.reshape, np.split, np.vsplit),
        *(np.linalg.tensorinv, np.linalg.tensorsolve),
    )
)


def require_sense(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> None:
    """Raise the exception of NumPy's for arguments that it refuses whatever the elements are.

    For calls that are refused anyway: takes some 100 µs. Functions among the arguments are not
    called, outputs not looked at.
    """
    given = _shortened([list(args), {name: kwargs[name] for name in kwargs if name != "out"}])
    parts = list(_parts(given))
    arrays = [part for part in parts if isinstance(part, (Stored, np.ndarray))]
    if function in _UNJUDGED or not arrays or any(map(_is_called, parts)):
        return
    axes = max(array.ndim for array in arrays)
    is_wide = axes + len(arrays) > _MOST_AXES
    limit = 1 if is_wide else _FEW
    numbers = sorted({n for part in parts for n in _numbers(part) if n > limit})
    found = []
    for start, step in _SCALES[is_wide]:
        small = {n: start + step * rank for rank, n in enumerate(numbers)}
        if any(prod(small.get(n, n) for n in x.shape) > _MOST_ELEMENTS for x in arrays):
            small = dict.fromkeys(numbers, 1)
        error = _said(function, *_stand_in(given, small))
        if error is None:
            return
        found.append((error, {str(few): str(n) for n, few in small.items()}))
    (first, names), (second, other_names) = found
    is_alone = function in _OF_OTHER_NUMBERS or len(names) < len(numbers)
    if type(first) is type(second) and not (is_alone and type(first) in _OF_LENGTHS):
        raise _renamed(first, names, str(second), other_names) from None


def _said(
    function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> Exception | None:
    """Return what a call raises for its arguments; None where it may be for their elements."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            function(*args, **kwargs)
    except np.exceptions.AxisError as error:
        return error
    except IndexError as error:
        return None if "out of bounds" in str(error) else error
    except RecursionError:
        return None
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        return error
    except Exception:
        return None
    return None


def _shortened(obj: Any) -> Any:
    """Replace long lists by ndarrays of their shape, of which one element is stored."""
    kind = type(obj)
    if kind is dict:
        return {name: _shortened(part) for name, part in obj.items()}
    if kind is not list and kind is not tuple:
        return obj
    if len(obj) <= _LONG:
        return kind([_shortened(part) for part in obj])
    first = obj[0]
    dtype = first.dtype if hasattr(first, "dtype") else np.asarray(first).dtype
    return np.broadcast_to(np.zeros((), dtype), first_shape(obj))


def _parts(obj: object) -> Iterator[object]:
    """Return all that is in nested lists, tuples and dicts."""
    if type(obj) is list or type(obj) is tuple:
        for part in obj:
            yield from _parts(part)
    elif type(obj) is dict:
        yield from _parts(list(obj.values()))
    else:
        yield obj


def _is_called(obj: object) -> bool:
    return callable(obj) and not isinstance(obj, type)


def _is_number(obj: object) -> bool:
    return isinstance(obj, (int, np.integer)) and not isinstance(obj, bool)


def _is_kept(array: object) -> TypeGuard[Array]:
    """Tell whether the elements of an ndarray are arguments themselves, such as indices."""
    return isinstance(array, np.ndarray) and max(array.shape, default=0) <= _FEW


def _numbers(obj: Any) -> list[int]:
    """Return the sizes of the numbers in an argument that stand-ins keep in order."""
    if _is_number(obj):
        return [abs(int(obj))]
    if not isinstance(obj, (Stored, np.ndarray)):
        return []
    elements: list[int] = []
    if _is_kept(obj) and obj.dtype.kind in "iu":
        elements = obj.ravel().tolist()
    return [*obj.shape, *map(abs, elements)]


def _stand_in(obj: Any, small: Mapping[int, int]) -> Any:
    """Replace arrays and integers, also those in lists and dicts, by small ones."""
    kind = type(obj)
    if kind is list or kind is tuple:
        return kind([_stand_in(part, small) for part in obj])
    if kind is dict:
        return {name: _stand_in(part, small) for name, part in obj.items()}
    if _is_number(obj):
        size = abs(int(obj))
        few = small.get(size, size)
        return few if obj >= 0 else -few
    if not isinstance(obj, (Stored, np.ndarray)):
        return obj
    shape = tuple(small.get(n, n) for n in obj.shape)
    if not _is_kept(obj) or shape != obj.shape:
        return _regular(shape, obj.dtype)
    if obj.dtype.kind not in "iu" or not obj.size:
        return obj.copy()
    return np.array(_stand_in(obj.tolist(), small)).astype(obj.dtype)


def _regular(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return zeros with ones on the diagonal of matrices: regular, and indices of few elements."""
    out = np.zeros(shape, dtype)
    if dtype.kind in "biufc" and out.size:
        rows = out.reshape((*shape, 1, 1)[: max(len(shape), 2)])
        for i in range(min(rows.shape[-2:])):
            rows[..., i, i] = 1
    return out


def _renamed(
    error: Exception, names: Mapping[str, str], other: str, other_names: Mapping[str, str]
) -> Exception:
    """Return an exception whose message tells the numbers that were given.

    They are where the messages of two calls, of other stand-ins, differ.
    """
    said, twin = re.split(r"(\d+)", str(error)), re.split(r"(\d+)", other)
    if len(said) != len(twin) or type(error) not in _PLAIN:
        return error
    told = [
        names[a] if a != b and a in names and names[a] == other_names.get(b) else a
        for a, b in zip(said, twin, strict=True)
    ]
    return error if told == said else type(error)("".join(told))


#: What may be said of lengths, where stand-ins do not keep all that counts.
_OF_LENGTHS = (IndexError, RuntimeError, ValueError, np.linalg.LinAlgError)
#: Exceptions that are made of a message.
_PLAIN = (AttributeError, IndexError, RuntimeError, TypeError, ValueError, np.linalg.LinAlgError)
