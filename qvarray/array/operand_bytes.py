"""Count the bytes of a call's arguments, and ask the budget for what it will allocate.

What NumPy would refuse for its shapes has NumPy's exception, whatever its size.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.budget import require_budget
from ..core.peaks import DENSE, DENSE_PEAKS
from ..errors import MaterializationError
from .stored import Stored

# Of longer lists the first says what the others are.
_FEW = 16
# A number of a list as an element, and what an array takes besides its elements.
_NUMBER, _ARRAY = 8, 1024
_INSTEAD = "take it in parts, or raise the budget"

#: What works in the place of some functions.
_BETTER: dict[Callable[..., Any], str] = {
    np.save: "qvarray.save(file, x), which writes what is stored",
    np.savetxt: "qvarray.save(file, x), which writes what is stored",
}

#: Functions whose first argument is a square matrix, or several.
_OF_SQUARES = frozenset(
    {
        np.linalg.cholesky,
        np.linalg.det,
        np.linalg.eig,
        np.linalg.eigh,
        np.linalg.eigvals,
        np.linalg.eigvalsh,
        np.linalg.inv,
        np.linalg.matrix_power,
        np.linalg.slogdet,
        np.linalg.solve,
    }
)


def require_peak(
    peak: float, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Ask for what a rule allocates: `peak` times the bytes that its arguments store.

    Raises as `require_dense_peak`.
    """
    wanted = peak * _bytes(args, _stored)
    if kwargs:
        wanted += peak * _bytes(kwargs.values(), _stored)
    try:
        require_budget(int(wanted), _INSTEAD)
    except MaterializationError:
        _require_sense(function, args, kwargs)
        raise


def require_dense_peak(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> None:
    """Ask for what NumPy's own function allocates, with its arguments as ndarrays.

    Raises MaterializationError where that is over the memory budget; ValueError, LinAlgError or
    AxisError as NumPy, where it is and the shapes do not fit together, or have no such axis.
    """
    wanted = _bytes(args, _dense)
    if kwargs:
        wanted += _bytes(kwargs.values(), _dense)
    wanted *= DENSE_PEAKS.get(function, DENSE)
    try:
        require_budget(int(wanted), _BETTER.get(function, _INSTEAD))
    except MaterializationError:
        _require_sense(function, args, kwargs)
        raise


def _require_sense(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> None:
    """Raise NumPy's exception for shapes that do not fit together, and axes out of bounds."""
    if {"axes", "axis", "a", "b"}.isdisjoint(kwargs):
        _require_shapes(function, args)
    if not _has_axes(function, kwargs) or any(map(_is_called, [*args, *kwargs.values()])):
        return
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            function(*_one_element(tuple(args)), **_one_element(dict(kwargs)))
    except np.exceptions.AxisError as error:
        raise error from None
    except (ArithmeticError, IndexError, RuntimeError, TypeError, ValueError):
        # Others may be of the lengths and the elements, which are not those of the arguments.
        return


def _has_axes(function: Callable[..., Any], kwargs: Mapping[str, Any]) -> bool:
    try:
        names = set(inspect.signature(function).parameters)
    except ValueError:  # methods of ufuncs
        names = set(kwargs)
    return not names.isdisjoint({"axes", "axis"})


def _is_called(obj: object) -> bool:
    return callable(obj) and not isinstance(obj, type)


def _one_element(obj: Any) -> Any:
    """Replace arrays by one element of as many axes, by which NumPy judges what is said of them."""
    if isinstance(obj, (Stored, np.ndarray)):
        return np.zeros((1,) * obj.ndim, obj.dtype)
    if type(obj) is list or type(obj) is tuple:
        return type(obj)(map(_one_element, obj))
    if type(obj) is dict:
        return {name: _one_element(part) for name, part in obj.items()}
    return obj


def _require_shapes(function: Callable[..., Any], args: Sequence[Any]) -> None:
    """Raise NumPy's exception for matrices that are not square, or that do not fit together."""
    signature = getattr(function, "signature", None)
    if signature is None and function not in (*_OF_SQUARES, np.linalg.lstsq):
        # Others take lists of arrays, whose shape is that of the elements of all.
        return
    shapes = [np.shape(each) for each in args]
    if function in _OF_SQUARES and shapes:
        if len(shapes[0]) < 2:
            raise np.linalg.LinAlgError(
                f"{len(shapes[0])}-dimensional array given. Array must be at least two-dimensional"
            )
        if shapes[0][-1] != shapes[0][-2]:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if function is np.linalg.lstsq and all(shapes) and shapes[0][0] != shapes[1][0]:
        raise np.linalg.LinAlgError("Incompatible dimensions")
    name = function.__name__
    if function is np.linalg.solve:
        is_vector = len(shapes[1]) == 1
        name += "1" * is_vector
        signature = "(m,m),(m)->(m)" if is_vector else "(m,m),(m,n)->(m,n)"
    if signature is not None:
        _require_cores(name, signature, shapes)


def _require_cores(name: str, signature: str, shapes: list[tuple[int, ...]]) -> None:
    """Raise ValueError for the first axis that has another length than its name had before."""
    lengths: dict[str, int] = {}
    for number, core in enumerate(re.findall(r"\(([^)]*)\)", signature.split("->")[0])):
        axes = [axis for axis in core.split(",") if axis]
        shape = shapes[number]
        if len(shape) < len(axes):
            axes = [axis for axis in axes if not axis.endswith("?")]
        for place, (axis, length) in enumerate(zip(axes, shape[-len(axes) :], strict=False)):
            known = lengths.setdefault(axis.rstrip("?"), length)
            if known != length:
                raise ValueError(
                    f"{name}: Input operand {number} has a mismatch in its core dimension {place}, "
                    f"with gufunc signature {signature} (size {length} is different from {known})"
                )


def _stored(x: Stored) -> int:
    # What was written since it was read last is little beside it.
    return x._source.nbytes


def _dense(x: Stored) -> int:
    return x.virtual_nbytes


def _bytes(objs: Iterable[object], size: Callable[[Stored], int]) -> float:
    """Return the bytes of all arrays among arguments, also of those in lists and dictionaries.

    Of ours as `size` has it, of NumPy's as they are.
    """
    total = 0.0
    for obj in objs:
        if isinstance(obj, Stored):
            total += size(obj)
        elif isinstance(obj, np.ndarray):
            total += obj.nbytes
        elif type(obj) is dict:
            total += _bytes(obj.values(), size)
        elif type(obj) is list or type(obj) is tuple:
            if len(obj) > _FEW and not isinstance(obj[0], (Stored, np.ndarray, list, tuple)):
                total += len(obj) * _NUMBER
            else:
                total += _bytes(obj, size) + (len(obj) * _ARRAY if len(obj) > _FEW else 0)
    return total
