"""Programs of gates in arrays, as the kernel of circuits takes them, recorded from their rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import kernels
from ..core.values import Array
from .single_qubit import IDENTITY, Frame, Vector

#: Bytes of an amplitude, and of the room to combine it with others.
BYTES = 160
#: Of more amplitudes, kernels for each gate are faster: they use threads.
LIMIT = 1 << 17


class Recorder:
    """In the place of a state: what an operation does to it, in numbers."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.kinds: list[int] = []
        self.where: list[tuple[int, int]] = []
        self.matrices: list[Frame] = []
        self.amounts: list[float] = []
        self.ends = [0]
        self.bits: list[int] = []
        self.vectors: list[Vector] = []

    def _add(
        self, kind: int, a: int = 0, b: int = 0, matrix: Frame = IDENTITY, amount: float = 0.0
    ) -> None:
        self.kinds.append(kind)
        self.where.append((a, b))
        self.matrices.append(matrix)
        self.amounts.append(amount)
        self.ends.append(len(self.bits))

    def rotate(self, p: int, u: Frame) -> None:
        self._add(kernels.circuit_run.ROTATE, p, matrix=u)

    def swap(self, p: int, q: int) -> None:
        self._add(kernels.circuit_run.SWAP, p, q)

    def phase(self, turns: float, factors: list[tuple[int, Vector]]) -> None:
        turns %= 1.0
        if turns:
            self.bits += [p for p, _ in factors]
            self.vectors += [v for _, v in factors]
            self._add(kernels.circuit_run.PHASE, amount=turns)

    def multiply(self, bits: list[int], matrix: Array) -> None:
        m = len(bits)
        vectors: list[Any] = matrix.reshape(-1, 2).tolist()
        self.bits += bits + bits[:1] * (len(vectors) - m)
        self.vectors += [tuple(v) for v in vectors]
        self._add(kernels.circuit_run.MATRIX, amount=m)

    def measure(self, p: int) -> None:
        """Measure a bit, for a classical one that is to be put in."""
        self._add(kernels.circuit_run.MEASURE, p)

    def reset(self, p: int) -> None:
        """Reset a bit to 0."""
        self._add(kernels.circuit_run.RESET, p)

    def join(self, other: Recorder) -> None:
        """Append what another one recorded."""
        first = len(self.bits)
        self.kinds += other.kinds
        self.where += other.where
        self.matrices += other.matrices
        self.amounts += other.amounts
        self.bits += other.bits
        self.vectors += other.vectors
        self.ends += [first + end for end in other.ends[1:]]

    def program(self) -> kernels.circuit_run.Program:
        """Return what was recorded as arrays."""
        return kernels.circuit_run.Program(
            np.array(self.kinds, np.int64),
            np.array(self.where, np.int64).reshape(-1, 2),
            np.array(self.matrices, np.complex128).reshape(-1, 4),
            np.array(self.amounts, np.float64),
            np.array(self.ends, np.int64),
            np.array(self.bits, np.int64),
            np.array(self.vectors, np.complex128).reshape(-1, 2),
        )


def empty_program(parts: int, elements: int) -> kernels.circuit_run.Program:
    """Return room for a program of so many parts, and so many bits of phases."""
    return kernels.circuit_run.Program(
        np.empty(parts, np.int64),
        np.empty((parts, 2), np.int64),
        np.empty((parts, 4), np.complex128),
        np.empty(parts),
        np.empty(parts + 1, np.int64),
        np.empty(elements, np.int64),
        np.empty((elements, 2), np.complex128),
    )
