"""Let dask take virtual arrays as blocks: sizes, products, joins, percentiles and tokens.

dask asks by type, in tables of its own. They are filled when dask is seen: where one of its arrays
is an operand, where it asks for the token of one of ours, or by its entry point for sizes.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from ..array.foreign import introduces
from ..array.virtual_array import VirtualQArray
from ..options import options

#: Bytes of an array of ours, and of the objects that describe it, beside what it stores.
_OVERHEAD = 1024

_is_registered = False


def register_sizeof(sizeof: Any) -> None:
    """Tell dask how many bytes an array stores: what its scheduler moves and spills.

    Parameters
    ----------
    sizeof : dask.utils.Dispatch
        The entry point ``dask.sizeof`` is called with it.
    """

    def size(x: VirtualQArray) -> int:
        return _OVERHEAD + x.nbytes

    sizeof.register(VirtualQArray, size)


@introduces("dask")
def register() -> bool:
    """Register arrays of ours as blocks of dask arrays, once; tell whether dask is there.

    It is called where dask is seen. Call it where blocks are to be of this type although no array
    of dask has seen one: ``qvarray.interop.dask.register()``.
    """
    global _is_registered
    if _is_registered:
        return True
    core = sys.modules.get("dask.array.core")
    # While dask is being imported, it has no tables yet.
    if core is None or not hasattr(core, "concatenate_lookup"):
        return False
    dispatch: Any = import_module("dask.array.dispatch")
    import_module("dask.array.chunk_types").register_chunk_type(VirtualQArray)
    register_sizeof(import_module("dask.sizeof").sizeof)
    dispatch.concatenate_lookup.register(VirtualQArray, _joined)
    dispatch.tensordot_lookup.register(VirtualQArray, np.tensordot)
    dispatch.einsum_lookup.register(VirtualQArray, np.einsum)
    dispatch.percentile_lookup.register(VirtualQArray, _percentile(dispatch))
    dispatch.numel_lookup.register(VirtualQArray, _numel(dispatch))
    _is_registered = True
    return True


def _joined(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join blocks. What reductions join is one block along most axes: nothing is copied then."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays, axis=axis)


def _budget_of_task() -> int | None:
    """Return half of what a worker of `distributed` may use, for each of its threads."""
    distributed: Any = sys.modules.get("distributed.worker")
    if distributed is None:
        return None
    try:
        worker = distributed.get_worker()
    except (AttributeError, ValueError):  # it is being imported, or this is no task
        return None
    limit = worker.memory_manager.memory_limit
    return int(limit) // (2 * max(1, worker.state.nthreads)) if limit else None


def _percentile(dispatch: Any) -> Callable[..., Any]:
    """Return what dask asks of a block for percentiles: it merges them as ndarrays."""
    of_ndarray = dispatch.percentile_lookup.dispatch(np.ndarray)

    def percentile(a: VirtualQArray, *args: Any, **kwargs: Any) -> Any:
        values, count = of_ndarray(a, *args, **kwargs)
        return None if values is None else np.asarray(values), count

    return percentile


def _numel(dispatch: Any) -> Callable[..., Any]:
    """Return what dask counts elements by along axes, to divide by: all counts are one number."""
    of_ndarray = dispatch.numel_lookup.dispatch(np.ndarray)

    def numel(x: VirtualQArray, **kwargs: Any) -> Any:
        counts = of_ndarray(np.broadcast_to(np.float64(0), x.shape), **kwargs)
        if not isinstance(counts, np.ndarray) or not counts.size:
            return counts
        # One for all, which divides what is broadcast against it.
        return counts[(slice(1),) * counts.ndim]

    return numel


def _token(self: VirtualQArray) -> object:
    """Return what tells dask arrays apart: what they store. O(k)."""
    register()
    known = self.source.stored
    if known is None:
        return "qvarray", pickle.dumps(self.source, protocol=5)
    indices, error = known.active_indices, known.error
    return (
        "qvarray",
        known.shape,
        known.dtype.str,
        [repr(basis) for basis in known.bases],
        known.diagonal,
        known.eigenvalues.tobytes(),
        known.eigenvalues.dtype.str,
        None if indices is None else indices.tobytes(),
        repr(known.fill_value),
        None if error is None else tuple(error),
    )


options.take_budget_of_tasks(_budget_of_task)
setattr(VirtualQArray, "__dask_tokenize__", _token)  # noqa: B010  dask looks it up on the type
register()
