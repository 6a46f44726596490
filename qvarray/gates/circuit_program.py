"""Circuits compiled to arrays of numbers, and their runs on states of few amplitudes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import kernels
from ..errors import MaterializationError
from ..options import options
from .amplitudes import Core
from .operations import Operation, after_all
from .oracles import Unitary
from .path_sum import clifford, pauli_axis
from .phase_polynomial import bits_in
from .single_qubit import IDENTITY, TINY, Frame, Vector
from .state import State

__all__ = ["BYTES", "Compiled", "compiled", "refuse_growth", "run_compiled"]

# Of more amplitudes, kernels for each gate are faster: they use threads.
_LIMIT = 1 << 17
# Up to this many gates that are no Clifford gates, a layer is tried instead.
_FEW_OTHERS = 12
# Growth over this many doublings is taken to go on, and must be over the budget by that many.
_STEADY, _MARGIN = 6, 4
_LOW_ENTANGLEMENT = (
    "where entanglement is low, have matrix product states hold it (Qiskit Aer's "
    "method='matrix_product_state'); or drop small amplitudes by zero_state(n, cutoff=...); or "
    "apply the gates by their functions, which do not look ahead; or raise the budget"
)
# Bytes of an amplitude, and of the room to combine it with others.
BYTES = 160


class Compiled(NamedTuple):
    """Operations, the arrays that `kernels.circuit_run.run` takes for them, and where each ends."""

    operations: Sequence[Operation]
    program: kernels.circuit_run.Program
    ends: list[int]

    def part(self, first: int, last: int) -> Compiled:
        """Return some of the operations, compiled as they are here."""
        low, high = self.ends[first], self.ends[last]
        kinds, where, matrices, amounts, ends, bits, vectors = self.program
        inner = slice(int(ends[low]), int(ends[high]))
        program = self.program._replace(
            kinds=kinds[low:high],
            where=where[low:high],
            matrices=matrices[low:high],
            amounts=amounts[low:high],
            ends=ends[low : high + 1] - ends[low],
            bits=bits[inner],
            vectors=vectors[inner],
        )
        own = [end - low for end in self.ends[first : last + 1]]
        return Compiled(self.operations[first:last], program, own)


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
        self._add(kernels.circuit_run.ROTATE, p, matrix=u)

    def swap(self, p: int, q: int) -> None:
        self._add(kernels.circuit_run.SWAP, p, q)

    def phase(self, turns: float, factors: list[tuple[int, Vector]]) -> None:
        turns %= 1.0
        if turns:
            self.bits += [p for p, _ in factors]
            self.vectors += [v for _, v in factors]
            self._add(kernels.circuit_run.PHASE, amount=turns)

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


def compiled(operations: Sequence[Operation], n: int) -> Compiled:
    """Compile operations that are named gates, or matrices on one qubit, on n qubits."""
    recorder: Any = _Recorder(n)
    ends = [0]
    for operation in operations:
        operation.act(recorder)
        ends.append(len(recorder.kinds))
    return Compiled(tuple(operations), recorder.program(), ends)


def run_compiled(state: State, what: Compiled) -> tuple[State, int]:
    """Return the state after operations, and after how many: it gets too large for the others.

    After none, where a layer takes up most of what makes it large.
    """
    if state.layer is not None or not 0 < state.nactive <= _LIMIT or not what.operations:
        return state, 0
    state.compute()
    core, program = state.core, what.program
    found = kernels.circuit_run.run(
        program, core.indices[None], core.values, np.array(state.frames), state.turns,
        state.halves, min(_LIMIT, options.memory_budget // BYTES), state.cutoff,
    )  # fmt: skip
    total = what.ends[-1]
    if found.blocks and _others(program, found.done) <= _FEW_OTHERS:
        return state, 0
    if found.blocks:
        refuse_growth(program, found)
    new = state.copy()
    new.core = Core(found.values, found.indices[0], core.rows, 0, core.phases)
    by_bit: list[Any] = found.frames.tolist()
    new.frames = [tuple(frame) for frame in by_bit]
    new.turns, new.halves = found.turns, found.halves
    new._hull = None
    if found.dropped:
        new.lose(found.dropped**0.5)
    for bits, matrix in found.blocks:
        # The frames of before are in the matrix.
        for p in bits:
            new.frames[p] = IDENTITY
        Unitary(matrix).act(new, bits)
    new.exchange(found.places.tolist())
    done = bisect_right(what.ends, found.done) - 1
    if found.done < total:
        done += 1
        for gate in range(found.done, what.ends[done]):
            _act(program, gate, new)
    new.history = after_all(state, what.operations[:done])
    return new, done


def refuse_growth(program: kernels.circuit_run.Program, found: kernels.circuit_run.Result) -> None:
    """Raise MaterializationError where a state grows steadily, and that far that it cannot fit.

    There are at most as many amplitudes as values of the bits that vary, or that gates still mix.
    """
    doublings, left = len(found.doubled) - 1, len(program.kinds) - found.done
    recent = found.doubled[-min(_STEADY, doublings) - 1 :]
    steps = max(1, recent[-1] - recent[0])
    rest = slice(found.done, None)
    rotated = program.kinds[rest] == kernels.circuit_run.ROTATE
    mixes = np.abs(program.matrices[rest][:, [0, 1]]).min(axis=1) > TINY
    mixed = {int(found.places[p]) for p in program.where[rest][rotated & mixes, 0]}
    for bits, _ in found.blocks:
        mixed |= set(bits)
    for place, indices in enumerate(found.indices):
        varying = int(np.bitwise_or.reduce(indices)) ^ int(np.bitwise_and.reduce(indices))
        mixed |= {62 * place + p for p in bits_in(varying)}
    most = len(mixed)
    expected = min(doublings + (len(recent) - 1) * left / steps, most)
    if 2.0 ** (expected - _MARGIN) * BYTES > options.memory_budget:
        raise MaterializationError(
            BYTES << round(expected), options.memory_budget, _LOW_ENTANGLEMENT,
            f"a state of 2**{doublings} amplitudes after {found.done} of {len(program.kinds)} "
            f"steps, which doubles every {steps / max(1, len(recent) - 1):.1f} of them,",
        )  # fmt: skip


def _act(program: kernels.circuit_run.Program, gate: int, state: State) -> None:
    """Apply one gate of a program to a state that nobody else has."""
    p, q = program.where[gate].tolist()
    if program.kinds[gate] == kernels.circuit_run.ROTATE:
        state.rotate(p, tuple(program.matrices[gate].tolist()))
    elif program.kinds[gate] == kernels.circuit_run.SWAP:
        state.swap(p, q)
    else:
        part = slice(program.ends[gate], program.ends[gate + 1])
        vectors = [tuple(v) for v in program.vectors[part].tolist()]
        state.phase(
            float(program.amounts[gate]),
            list(zip(program.bits[part].tolist(), vectors, strict=True)),
        )


def _others(program: kernels.circuit_run.Program, count: int) -> int:
    """Count which of the first gates a layer cannot take up: those that are no Clifford gates."""
    found = 0
    for gate in range(count):
        if program.kinds[gate] == kernels.circuit_run.ROTATE:
            u: Any = program.matrices[gate].tolist()
            found += clifford(tuple(u)) is None
        elif program.kinds[gate] == kernels.circuit_run.PHASE:
            vectors: Any = program.vectors[program.ends[gate] : program.ends[gate + 1]].tolist()
            found += (
                program.amounts[gate] != 0.5
                or len(vectors) > 2
                or any(pauli_axis(tuple(v)) is None for v in vectors)
            )
    return found
