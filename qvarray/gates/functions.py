"""The named gates as functions from array to array, made from the table.

Their signatures for type checkers and editors are in `functions.pyi`.
"""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .operations import applied, named
from .signatures import PUBLIC, functions
from .validation import as_state, many  # noqa: F401  many: of the functions with many controls

__all__ = list(PUBLIC)


def apply(
    x: ArrayLike | VirtualQArray, name: str, params: Sequence[float], qubits: Sequence[int]
) -> VirtualQArray:
    """Return a state after a named gate."""
    state = as_state(x)
    return VirtualQArray(applied(state, named(name, params, qubits, state.n)))


globals().update(functions(globals()))
