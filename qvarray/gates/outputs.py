"""The ``out=`` of gates: arrays that become the state after a gate, checked as ufuncs do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from .answering import Answering
from .operations import Operation, applied_alone
from .state import State
from .validation import as_state

#: What a gate may be written to, or a tuple of one of these, as ufuncs take it.
Out: TypeAlias = VirtualQArray | Array | tuple[VirtualQArray | Array | None] | None


def after(
    x: ArrayLike | VirtualQArray | Answering, operations: Callable[[int], list[Operation]], out: Out
) -> VirtualQArray:
    """Return a state after operations that are made for its number of qubits, written to `out`.

    Raises
    ------
    ValueError
        For an output of another shape or that is read-only, or several arrays.
    TypeError
        For an output that is no array, or a dtype that complex128 is not cast to by
        ``"same_kind"``; and for any of a state that is no array.
    """
    if isinstance(out, tuple):
        if len(out) != 1:
            raise ValueError("The 'out' tuple must have exactly one entry per ufunc output")
        (out,) = out
    if isinstance(x, Answering):
        if out is not None:
            raise TypeError("a state that is no array is not written to: leave out=None")
        return x.applied_alone(operations(x.n))  # type: ignore[return-value]
    state = as_state(x)
    if out is not None:
        _require_output(out, state)
    for operation in operations(state.n):
        state = applied_alone(state, operation)
    return VirtualQArray(state) if out is None else _delivered(state, out)


def _require_output(out: VirtualQArray | Array, state: State) -> None:
    if not isinstance(out, VirtualQArray | np.ndarray):
        raise TypeError("return arrays must be of ArrayType")
    if out.shape != state.shape:
        raise ValueError(
            f"non-broadcastable output operand with shape {out.shape} doesn't match the "
            f"broadcast shape {state.shape}"
        )
    if not np.can_cast(state.dtype, out.dtype, casting="same_kind"):
        raise TypeError(
            f"Cannot cast output of a gate from {state.dtype!r} to {out.dtype!r} with casting "
            "rule 'same_kind'"
        )
    if not out.flags.writeable:
        raise ValueError("output array is read-only")


def _delivered(state: State, out: VirtualQArray | Array) -> VirtualQArray:
    """Write a state to an array that may be written to, and return that.

    O(1) where it is an array of ours, complex128 and no view: it has the parameters then, and
    amplitudes that nobody else has are written over when they are computed.
    """
    made = VirtualQArray(state)
    if isinstance(out, np.ndarray):
        np.copyto(out, made.todense(), casting="same_kind")
        return out  # type: ignore[return-value]
    if out.dtype != made.dtype:
        made = made.astype(out.dtype)
    out.replace_with(made.source)
    return out
