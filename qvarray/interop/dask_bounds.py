"""`compute_with_bound`: what dask computes of encoded arrays, and how far it may be off."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..accuracy.recording import ErrorBounds, error_bound, recording_to
from ..array.inheritance import is_lossy
from ..array.virtual_array import VirtualQArray
from ..core.error_bound import ErrorBound, Uncertainty
from ..creation.arrays import asarray
from ..runtime.extras import require
from .dask import register

if TYPE_CHECKING:
    from collections.abc import Callable

    import dask.array

__all__ = ["compute_with_bound"]

_Scalar = TypeVar("_Scalar")

#: What the names of tasks begin with whose scalars keep their bounds.
_PREFIX = "with-bound-"


class _Keeping(ErrorBounds):
    """Make scalars arrays without axes, which have room for a bound."""

    def taken(self, result: _Scalar, found: Uncertainty) -> _Scalar:
        if not found.bound or np.asarray(result).dtype.kind not in "fc":
            return result
        kept: Any = _with_error(result, found.bound)
        return kept


def _keeping(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Return what a task returns, with the bounds of its scalars."""
    with recording_to(_Keeping()):
        result = function(*args, **kwargs)
    if is_lossy(result) or not (is_lossy(args) or is_lossy(kwargs)):
        return result
    # What was made an ndarray, or taken out by an index, has lost its bound on the way.
    is_part = getattr(function, "__name__", "") == "getitem"
    off = error_bound(args[0]) if is_part else float("inf")
    return _all_with_error(result, off)


def _all_with_error(result: Any, off: float) -> Any:
    """Return what a task has made of inexact arrays, of which nothing says how far it is off."""
    if isinstance(result, (np.ndarray, np.generic)) and result.dtype.names is None:
        return _with_error(result, off)
    if type(result) in (list, tuple):
        return type(result)(_all_with_error(part, off) for part in result)
    if type(result) is dict:
        return {key: _all_with_error(part, off) for key, part in result.items()}
    return result


def _with_error(x: Any, off: float) -> VirtualQArray:
    known = asarray(x).source.settle()
    return VirtualQArray(known.replace(error=ErrorBound.of(off, known.norm_bound())))


def _renamed(key: Any) -> Any:
    return (_PREFIX + key[0], *key[1:]) if isinstance(key, tuple) else _PREFIX + key


def compute_with_bound(x: dask.array.Array, **options: Any) -> tuple[Any, float]:
    """Compute a dask array of encoded blocks, and bound its error.

    Parameters
    ----------
    x : dask.array.Array
        Of `open_zarr` or of other inexact blocks, and what dask has made of it: a mean, a variance,
        a difference, a quotient of statistics...
    **options
        As of ``compute``: `scheduler` and the like.

    Returns
    -------
    value : scalar or array
        As ``x.compute()`` returns it.
    bound : float
        What the L2 norm of the difference of `value` and of what it would be of the arrays that
        were encoded is at most; of a scalar, that is how far it may be off. Infinite where nothing
        is known; 0.0 where all blocks are exact.

    Raises
    ------
    MissingExtraError
        Where dask is not installed.

    See Also
    --------
    error_bound, error_bounds, open_zarr

    Notes
    -----
    ``compute`` returns a NumPy scalar where no axis is left, which has no room for a bound. Here
    the tasks of the graph, on whatever machine they run, make an array without axes of each scalar,
    so that what is computed of it has a bound, too.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = np.add.outer(np.sin(np.arange(300) / 30), np.cos(np.arange(500) / 50))
    >>> d = qv.open_zarr(qv.to_zarr(x, {}, chunks=(100, 250), tol=1e-3).store)
    >>> value, bound = qv.compute_with_bound(d.var())
    >>> bool(abs(value - x.var()) <= bound < 0.01)
    True
    """
    flatten = require("dask.core", "zarr").flatten
    specification = require("dask._task_spec", "zarr")
    register()
    # Not fused: each task is one call, of which arguments and result are seen.
    layers: Any = x.__dask_graph__()
    wanted = layers.cull(set(flatten(x.__dask_keys__())))
    graph = specification.convert_legacy_graph(wanted.to_dict())
    names = {key: _renamed(key) for key in graph}
    kept = {}
    for key, node in graph.items():
        renamed = node.substitute(names, key=names[key])
        if type(renamed) is specification.Task:
            renamed = specification.Task(
                renamed.key, partial(_keeping, renamed.func), *renamed.args, **renamed.kwargs
            )
        kept[names[key]] = renamed
    made: Any = type(x)(kept, _PREFIX + x.name, x.chunks, meta=x._meta)
    value = made.compute(optimize_graph=False, **options)
    bound = error_bound(value)
    return (value[()] if isinstance(value, VirtualQArray) and not value.ndim else value), bound
