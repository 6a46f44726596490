"""The named gates as methods of circuits, made from the table.

Their signatures for type checkers and editors are in `circuit_methods.pyi`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Self

from .signatures import methods
from .validation import Condition, Qubits

__all__ = ["GateMethods"]


class GateMethods:
    """Methods that append one gate each, and return the circuit.

    Their arguments are those of the functions of the same names, without the array.
    """


_NAMES = {
    "Angles": float, "Condition": Condition, "INF": inf, "Qubits": Qubits, "Self": Self,
    "Sequence": Sequence,
}  # fmt: skip
for _name, _method in methods(_NAMES).items():
    setattr(GateMethods, _name, _method)
