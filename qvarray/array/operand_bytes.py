"""Count the bytes of a call's arguments, and ask the budget for what it will allocate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.budget import require_budget
from ..core.peaks import DENSE, DENSE_PEAKS, result_bytes
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
    np.linalg.qr: 'ask for mode="reduced", or raise the budget',
    np.linalg.svd: "ask for full_matrices=False, or raise the budget",
    np.vander: "ask for fewer powers",
}


def require_peak(peak: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Ask for what a rule allocates: `peak` times the bytes that its arguments store."""
    wanted = peak * _bytes(args, _stored)
    if kwargs:
        wanted += peak * _bytes(kwargs.values(), _stored)
    require_budget(int(wanted), _INSTEAD)


def require_dense_peak(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> None:
    """Ask for what NumPy's own function allocates, with its arguments as ndarrays."""
    wanted = _bytes(args, _dense)
    if kwargs:
        wanted += _bytes(kwargs.values(), _dense)
    wanted = wanted * DENSE_PEAKS.get(function, DENSE) + result_bytes(function, args, kwargs)
    require_budget(int(wanted), _BETTER.get(function, _INSTEAD))


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
