"""The named gates as functions from array to array, made from the table.

Their signatures for type checkers and editors are in `functions.pyi`.
"""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .broadcasting import broadcast, required
from .gate_table import GATES
from .operations import Operation, applied, named
from .parameters import unbound
from .signatures import PUBLIC, functions
from .validation import Qubits, as_state, is_one, many

__all__ = list(PUBLIC)


def apply(
    x: ArrayLike | VirtualQArray, name: str, params: Sequence[object], qubits: Sequence[object]
) -> VirtualQArray:
    """Return a state after a named gate, or one for each of several qubits."""
    state = as_state(x)
    if all(map(is_one, params)) and all(map(is_one, qubits)):
        return VirtualQArray(applied(state, named(name, params, qubits, state.n)))
    required(GATES[name], params, qubits)
    several, angles, symbols = broadcast(params, qubits, state.n)
    if symbols:
        raise unbound(symbols.values())
    for here, values in zip(several.tolist(), angles.tolist(), strict=True):
        state = applied(state, Operation(name, tuple(here), tuple(values)))
    return VirtualQArray(state)


_NAMES = {
    "Angles": float, "ArrayLike": ArrayLike, "Qubits": Qubits, "Sequence": Sequence,
    "VirtualQArray": VirtualQArray, "apply": apply, "many": many,
}  # fmt: skip
globals().update(functions(_NAMES))
