"""The named gates as functions from array to array, made from the table.

Their signatures for type checkers and editors are in `functions.pyi`.
"""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .broadcasting import broadcast, required
from .gate_table import GATES
from .operations import Operation, named
from .outputs import Out, after
from .parameters import unbound
from .signatures import PUBLIC, functions
from .validation import Qubits, is_one, many

__all__ = list(PUBLIC)


def apply(
    x: ArrayLike | VirtualQArray,
    name: str,
    params: Sequence[object],
    qubits: Sequence[object],
    out: Out,
) -> VirtualQArray:
    """Return a state after a named gate, or one for each of several qubits."""
    return after(x, lambda n: _operations(name, params, qubits, n), out)


def _operations(
    name: str, params: Sequence[object], qubits: Sequence[object], n: int
) -> list[Operation]:
    """Return a gate, or one for each of several qubits."""
    try:
        return [named(name, params, qubits, n)]
    except ValueError:
        # Sequences are no qubits and no angles, but one gate for each of their elements.
        if all(map(is_one, (*params, *qubits))):
            raise
    required(GATES[name], params, qubits)
    several, angles, symbols = broadcast(params, qubits, n)
    if symbols:
        raise unbound(symbols.values())
    return [
        Operation(name, tuple(here), tuple(values))
        for here, values in zip(several.tolist(), angles.tolist(), strict=True)
    ]


_NAMES = {
    "Angles": float, "ArrayLike": ArrayLike, "Out": Out, "Qubits": Qubits, "Sequence": Sequence,
    "VirtualQArray": VirtualQArray, "apply": apply, "many": many,
}  # fmt: skip
globals().update(functions(_NAMES))
