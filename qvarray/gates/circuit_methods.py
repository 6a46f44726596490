"""The named gates as methods of circuits, made from the table.

Their signatures for type checkers and editors are in `circuit_methods.pyi`.
"""

from __future__ import annotations

from collections.abc import Sequence  # noqa: F401  the annotations of the methods name these
from typing import Self  # noqa: F401

from .signatures import methods
from .validation import Condition  # noqa: F401

__all__ = ["GateMethods"]


class GateMethods:
    """Methods that append one gate each, and return the circuit.

    Their arguments are those of the functions of the same names, without the array.
    """


for _name, _method in methods(globals()).items():
    setattr(GateMethods, _name, _method)
