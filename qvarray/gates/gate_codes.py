"""Numbers for gates: which row of the table, how many qubits and angles, which gate undoes it."""

from __future__ import annotations

import numpy as np

from .gate_table import GATES

#: The names of gates by their codes, and the other way round.
NAMES = tuple(GATES)
CODES = {name: code for code, name in enumerate(NAMES)}
#: Codes of what is not in the table of gates.
OPERATION, MEASURE, RESET, BARRIER = -1, -2, -3, -4
KINDS = {OPERATION: "gate", MEASURE: "measure", RESET: "reset", BARRIER: "barrier"}

# How many qubits and angles a step of each code has; -1 where that is not always the same. What
# is not in the table stands at the end, where negative codes find it.
_OTHERS = len(KINDS)
WIDTHS = np.array(
    [-1 if g.is_variadic else len(g.qubits) for g in GATES.values()] + [-1] * _OTHERS, np.int64
)
ANGLES = np.array([len(gate.angles) for gate in GATES.values()] + [0] * _OTHERS, np.int64)
INVERSES = np.array(
    [CODES[gate.inverse] for gate in GATES.values()] + list(range(-_OTHERS, 0)), np.int64
)
