"""The named gates as methods of circuits, made from the table.

Their signatures for type checkers and editors are in `circuit_methods.pyi`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Self

from .signatures import PUBLIC, methods
from .validation import Condition, Qubits


class GateMethods:
    """Methods that append one gate each, and return the circuit.

    Their arguments are those of the functions of the same names, without the array.
    """


_NAMES = {
    "Angles": float, "Condition": Condition, "INF": inf, "Qubits": Qubits, "Self": Self,
    "Sequence": Sequence,
}  # fmt: skip
#: Of all rows of the table, also of those that have no name as a method.
METHODS = methods(_NAMES)
for _name in PUBLIC:
    setattr(GateMethods, _name, METHODS[_name])
