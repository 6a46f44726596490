"""Programs of circuits: the pattern of each gate, copied to the bits that its qubits are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import njit

Array = NDArray[Any]


class Placed(NamedTuple):
    """m steps, each a pattern on some of n qubits.

    Attributes
    ----------
    which : ndarray of int64, shape (m,)
        The pattern of each step.
    starts : ndarray of int64, shape (m,)
        Where the qubits of each step begin.
    qubits : ndarray of int32
    n : int
        Qubit q is bit n - 1 - q.
    condition_ends, asked, wanted : ndarray of int64
        Where the bits of the condition of each step end, these bits, and their values.
    clbits : ndarray of int64, shape (m,)
        What a measurement is written to.
    """

    which: Array
    starts: Array
    qubits: Array
    n: int
    condition_ends: Array
    asked: Array
    wanted: Array
    clbits: Array


@njit(cache=True, nogil=True)
def copied(patterns, ends, placed, unless, out):  # type: ignore[no-untyped-def]
    """Write a program; return where each of its steps ends. See `circuit_run.Program`.

    Parameters
    ----------
    patterns : Program
        Bit j + 1 is qubit j of the step, and bit 0 is none.
    ends : ndarray of int64
        Where each pattern ends; the first begins at 0.
    placed : Placed
    unless : int
        The kind of a part that asks for a condition.
    out : Program
        Of the right size.
    """
    kinds, where, matrices, amounts, inner, bits, vectors = out
    which, starts, qubits, n, condition_ends, asked, wanted, clbits = placed
    step_ends = np.empty(which.size + 1, np.int64)
    step_ends[0] = inner[0] = 0
    part = element = 0
    for step in range(which.size):
        low, high = (ends[which[step] - 1] if which[step] else 0), ends[which[step]]
        first = condition_ends[step - 1] if step else 0
        if condition_ends[step] > first:
            kinds[part], amounts[part] = unless, 0.0
            where[part, 0], where[part, 1] = high - low, 0
            for i in range(4):
                matrices[part, i] = 0j
            for k in range(first, condition_ends[step]):
                bits[element], vectors[element, 0] = asked[k], wanted[k]
                vectors[element, 1] = 0j
                element += 1
            part += 1
            inner[part] = element
        for k in range(low, high):
            kinds[part], amounts[part] = patterns[0][k], patterns[3][k]
            for i in range(4):
                matrices[part, i] = patterns[2][k, i]
            for i in range(2):
                local = patterns[1][k, i]
                where[part, i] = n - 1 - qubits[starts[step] + local - 1] if local else 0
            if clbits[step] >= 0:
                where[part, 1] = clbits[step]
            for j in range(patterns[4][k], patterns[4][k + 1]):
                bits[element] = n - 1 - qubits[starts[step] + patterns[5][j] - 1]
                vectors[element, 0], vectors[element, 1] = patterns[6][j, 0], patterns[6][j, 1]
                element += 1
            part += 1
            inner[part] = element
        step_ends[step + 1] = part
    return step_ends
