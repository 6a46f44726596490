"""Circuits compiled to arrays of numbers, and their runs on states of few amplitudes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from .. import kernels
from ..options import options
from .amplitudes import Core
from .operations import Entry, Operation, after_all
from .oracles import Unitary
from .single_qubit import IDENTITY, Frame, Vector
from .state import State

__all__ = ["BYTES", "Compiled", "compiled", "planned", "run_compiled"]

# Of more amplitudes a gate costs more than to call for it.
_LIMIT = 1 << 14
# Fewer gates are not worth a kernel, which has to be compiled or loaded first.
_RUN = 4
# Bytes of an amplitude, and of the room to combine it with others.
BYTES = 96


class Compiled(NamedTuple):
    """Operations, and the arrays that `kernels.small_circuit.run` takes for them."""

    operations: tuple[Operation, ...]
    program: kernels.small_circuit.Program


class _Recorder:
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
        self._add(kernels.small_circuit.ROTATE, p, matrix=u)

    def swap(self, p: int, q: int) -> None:
        self._add(kernels.small_circuit.SWAP, p, q)

    def phase(self, turns: float, factors: list[tuple[int, Vector]]) -> None:
        turns %= 1.0
        if turns:
            self.bits += [p for p, _ in factors]
            self.vectors += [v for _, v in factors]
            self._add(kernels.small_circuit.PHASE, amount=turns)

    def program(self) -> kernels.small_circuit.Program:
        """Return what was recorded as arrays."""
        return kernels.small_circuit.Program(
            np.array(self.kinds, np.int64),
            np.array(self.where, np.int64).reshape(-1, 2),
            np.array(self.matrices, np.complex128).reshape(-1, 4),
            np.array(self.amounts, np.float64),
            np.array(self.ends, np.int64),
            np.array(self.bits, np.int64),
            np.array(self.vectors, np.complex128).reshape(-1, 2),
        )


def compiled(operations: Sequence[Operation], n: int) -> Compiled:
    """Compile operations that are named gates, or matrices on one qubit, on n qubits."""
    recorder: Any = _Recorder(n)
    for operation in operations:
        operation.act(recorder)
    return Compiled(tuple(operations), recorder.program())


def planned(entries: Sequence[Entry], n: int) -> list[Compiled | Entry]:
    """Return runs of gates as arrays, and what is between them as it is."""
    out: list[Compiled | Entry] = []
    for can_compile, group in groupby(entries, key=_can_compile):
        run = list(group)
        operations = [entry.operation for entry in run if entry.operation is not None]
        if can_compile and len(run) >= _RUN:
            out.append(compiled(operations, n))
        else:
            out.extend(run)
    return out


def _can_compile(entry: Entry) -> bool:
    operation = entry.operation
    if operation is None or entry.condition is not None:
        return False
    return operation.payload is None or (
        isinstance(operation.payload, Unitary) and len(operation.qubits) == 1
    )


def run_compiled(state: State, what: Compiled) -> State | None:
    """Return the state after all operations, or None where it has too many amplitudes for that."""
    if not what.operations:
        return state
    if (
        state.cutoff
        or state.layer is not None
        or not 0 < state.nactive <= kernels.small_circuit.MOST
    ):
        return None
    state.compute()
    core = state.core
    found = kernels.small_circuit.run(
        what.program, core.indices, core.values, np.array(state.frames), state.turns, state.halves,
        min(_LIMIT, options.memory_budget // BYTES),
    )  # fmt: skip
    if found is None:
        return None
    indices, values, frames, places, turns, halves = found
    new = state.copy()
    rows = tuple(1 << int(p) for p in places)
    new.core = Core(values, indices, rows, 0, core.phases)
    by_bit: list[Any] = frames.tolist()
    new.frames = [tuple(by_bit[p]) for p in places]
    new.turns, new.halves = turns, halves
    new._hull = None
    new.history = after_all(state, what.operations)
    return new
