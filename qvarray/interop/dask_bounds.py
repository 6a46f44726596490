"""`compute_with_bound`: what dask computes of encoded arrays, and how far it may be off."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..accuracy.recording import ErrorBounds, error_bound, recording_to
from ..array.inheritance import is_lossy
from ..array.virtual_array import VirtualQArray
from ..core.error_bound import ErrorBound, Uncertainty
from ..creation.arrays import asarray
from ..runtime.extras import MissingExtraError, require
from .dask import register

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

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
    # Python's integers are lengths and the like as often as not.
    if isinstance(result, (np.ndarray, np.generic, float, complex)):
        return result if np.asarray(result).dtype.names else _with_error(result, off)
    if isinstance(result, (list, tuple)):
        make = getattr(result, "_make", type(result))
        return make([_all_with_error(part, off) for part in result])
    if type(result) is dict:
        return {key: _all_with_error(part, off) for key, part in result.items()}
    return result


def _with_error(x: Any, off: float) -> VirtualQArray:
    known = asarray(x).source.settle()
    return VirtualQArray(known.replace(error=ErrorBound.of(off, known.norm_bound())))


def _specification() -> ModuleType:
    """Return the module of the tasks of graphs, which dask may change without notice."""
    version = require("dask", "zarr").__version__
    try:
        found = import_module("dask._task_spec")
        for name in ("NestedContainer", "Task", "convert_legacy_graph"):
            getattr(found, name)
    except (AttributeError, ImportError) as error:
        raise MissingExtraError(
            f"the graphs of dask {version} are not those that compute_with_bound knows ({error}): "
            "compute with keepdims=True, and ask error_bound of the array"
        ) from error
    return found


def _kept(node: Any, tasks: ModuleType) -> Any:
    """Return a task, and the tasks among its arguments, that keep the bounds of scalars."""
    if not isinstance(node, tasks.Task):
        return node
    args = [_kept(some, tasks) for some in node.args]
    if isinstance(node, tasks.NestedContainer):
        is_same = all(a is b for a, b in zip(args, node.args, strict=True))
        return node if is_same else type(node)(*args)
    kwargs = {name: _kept(some, tasks) for name, some in node.kwargs.items()}
    return tasks.Task(node.key, partial(_keeping, node.func), *args, **kwargs)


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
        Where dask is not installed, or is of a version whose graphs have another form.

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
    tasks = _specification()
    register()
    # Not fused: each task is one call, of which arguments and result are seen.
    layers: Any = x.__dask_graph__()
    wanted = layers.cull(set(flatten(x.__dask_keys__())))
    graph = tasks.convert_legacy_graph(wanted.to_dict())
    names = {key: _renamed(key) for key in graph}
    kept = {
        names[key]: _kept(node.substitute(names, key=names[key]), tasks)
        for key, node in graph.items()
    }
    made: Any = type(x)(kept, _PREFIX + x.name, x.chunks, meta=x._meta)
    value = made.compute(optimize_graph=False, **options)
    bound = error_bound(value)
    return (value[()] if isinstance(value, VirtualQArray) and not value.ndim else value), bound
