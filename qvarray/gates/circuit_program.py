"""Circuits compiled to arrays of numbers, and their runs on states of few amplitudes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from math import log2
from typing import Any, NamedTuple, overload

import numpy as np

from .. import kernels
from ..core.values import Array
from ..errors import MaterializationError
from ..options import options
from .bit_strings import index_of
from .gate_program import LIMIT, Recorder
from .operations import Entry, Operation, after_all, spread_of
from .path_sum import clifford, pauli_axis
from .phase_polynomial import bits_in
from .registers import WORD, bit_of
from .single_qubit import TINY, Frame, diagonal_parts
from .state import State

# A layer is tried instead where that may have this many fewer doublings; and up to this many.
_SPARSER, _MOST_OTHERS = 3, 22
# Growth over this many doublings is taken to go on, and must be over the budget by that many; of
# all that there can be, some may not come, but for this part of those that are missing.
_STEADY, _MARGIN, _SOME, _PART = 6, 4.0, 3.0, 0.25
# Bytes of an amplitude, with its room, where kernels for one gate each combine many.
_BYTES_OF_MANY = 72
# Qubits with a smaller second Schmidt value are not entangled.
_ENTANGLED = 1e-9
_LOW_ENTANGLEMENT = (
    "where groups of qubits are not entangled, run(..., method='product') holds them apart; where "
    "entanglement is low, matrix product states hold it by method='mps'; 'auto' takes what there "
    "is; or drop small amplitudes by zero_state(n, cutoff=...); or raise the budget"
)


class _Operations(Sequence[Operation]):
    """The operations of steps, which all have one; made when somebody looks at one."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, key: int) -> Operation: ...

    @overload
    def __getitem__(self, key: slice) -> Sequence[Operation]: ...

    def __getitem__(self, key: int | slice) -> Operation | Sequence[Operation]:
        if isinstance(key, slice):
            return _Operations(self.entries[key])
        operation = self.entries[key].operation
        assert operation is not None
        return operation


class Compiled(NamedTuple):
    """Steps, the arrays that `kernels.circuit_run.run` takes for them, and where each ends."""

    entries: Sequence[Entry]
    program: kernels.circuit_run.Program
    ends: list[int]

    @property
    def operations(self) -> Sequence[Operation]:
        """The operations, where all steps are gates."""
        return _Operations(self.entries)

    @property
    def draws(self) -> int:
        """How many qubits are measured or reset, each by a number that is drawn."""
        kinds = self.program.kinds
        drawn = (kinds == kernels.circuit_run.MEASURE) | (kinds == kernels.circuit_run.RESET)
        return int(np.count_nonzero(drawn))

    @property
    def is_unitary(self) -> bool:
        """Whether all steps are gates that are always applied."""
        return not (self.program.kinds > kernels.circuit_run.MATRIX).any()

    def part(self, first: int, last: int) -> Compiled:
        """Return some of the steps, compiled as they are here."""
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
        return Compiled(self.entries[first:last], program, own)


def compiled(operations: Sequence[Operation], n: int) -> Compiled:
    """Compile operations that are named gates, or matrices on one qubit, on n qubits."""
    recorder: Any = Recorder(n)
    ends = [0]
    for operation in operations:
        operation.act(recorder)
        ends.append(len(recorder.kinds))
    entries = [Entry("gate", operation.qubits, operation) for operation in operations]
    return Compiled(entries, recorder.program(), ends)


def run_compiled(
    state: State, what: Compiled, clbits: Array | None = None, draws: Array | None = None
) -> tuple[State, int]:
    """Return the state after steps, and after how many: it gets too large for the others.

    After none, where a layer takes up most of what makes it large. Classical bits are changed.
    """
    if state.layer is not None or not 0 < state.nactive <= LIMIT or not what.entries:
        return state, 0
    state.compute()
    program = what.program
    bits = np.zeros(0, np.int64) if clbits is None else clbits.copy()
    found = state.run_program(program, bits, draws)
    total = what.ends[-1]
    if found.blocks:
        growth = growth_of(program, found)
        others = count_others(program)
        by_layer = max(0, min(_MOST_OTHERS, min(growth.expected, growth.most) - _SPARSER))
        if others[: found.done].sum() <= growth.known - _SPARSER or others.sum() <= by_layer:
            return state, 0
        growth.refuse()
    if clbits is not None:
        clbits[:] = bits
    new = state.copy()
    new.take(found)
    for which, matrix in found.blocks:
        new.multiply(which, matrix)
    new.exchange(found.places.tolist())
    done = bisect_right(what.ends, found.done) - 1
    if found.done < total and what.entries[done].operation is not None:
        done += 1
        for gate in range(found.done, what.ends[done]):
            _act(program, gate, new)
    new.history = after_all(state, what.operations[:done]) if what.is_unitary else None
    return new, done


class Growth(NamedTuple):
    """How a state grows.

    Attributes
    ----------
    known, expected, most : float
        Doublings that there are, that there will be if that goes on, and that there can be.
    steps : float
        For each of the last ones.
    done, total : int
        How many steps were taken, and of how many.
    """

    known: float
    expected: float
    most: float
    steps: float
    done: int
    total: int

    def refuse(self, each: int = _BYTES_OF_MANY) -> None:
        """Raise MaterializationError where it cannot fit, of so many bytes for an amplitude."""
        least = self.most - min(_SOME, (self.most - self.known) * _PART)
        least = max(self.known, min(self.expected - _MARGIN, least))
        if least > log2(max(1, options.memory_budget) / each):
            expected = max(self.known, min(self.expected, self.most))
            raise MaterializationError(
                each << round(expected), options.memory_budget, _LOW_ENTANGLEMENT,
                f"a state of 2**{round(self.known)} amplitudes after {self.done} of {self.total} "
                f"steps, which doubles every {self.steps:.1f} of them,",
            )  # fmt: skip


def growth_of(program: kernels.circuit_run.Program, found: kernels.circuit_run.Result) -> Growth:
    """Return how a state grows by a program, of which some was run.

    There are at most as many amplitudes as values of the bits that vary, or that gates still mix.
    """
    doublings, left = len(found.doubled) - 1, len(program.kinds) - found.done
    recent = found.doubled[-min(_STEADY, doublings) - 1 :]
    steps = max(1, recent[-1] - recent[0]) / max(1, len(recent) - 1)
    rest = slice(found.done, None)
    rotated = program.kinds[rest] == kernels.circuit_run.ROTATE
    mixes = np.abs(program.matrices[rest][:, [0, 1]]).min(axis=1) > TINY
    mixed = {int(found.places[p]) for p in program.where[rest][rotated & mixes, 0]}
    for gate in (
        np.flatnonzero(program.kinds[rest] == kernels.circuit_run.MATRIX) + found.done
    ).tolist():
        mixed |= {int(found.places[p]) for p in _matrix(program, gate)[0]}
    varying = set[int]()
    for place, indices in enumerate(found.indices):
        differ = int(np.bitwise_or.reduce(indices)) ^ int(np.bitwise_and.reduce(indices))
        varying |= {WORD * place + p for p in bits_in(differ)}
    mixed |= varying
    # Bits that are constant, and that a matrix entangles, have at least twice as many after it.
    known = doublings
    for bits, matrix in found.blocks:
        mixed |= set(bits)
        known += not varying & set(bits) and _entangles(matrix, bits, found.indices[:, 0])
    # A few doublings come by chance: where they are not much slower than all, all tell the pace.
    pace = max(1, found.done) / max(1, known)
    steps = min(steps, pace) if steps < 2 * pace else steps
    return Growth(known, known + left / steps, len(mixed), steps, found.done, len(program.kinds))


def growth_of_many(what: Compiled, since: int, done: int, before: int, state: State) -> Growth:
    """Return how a state of many amplitudes grows by steps: since some, when it had `before`.

    By gates that no layer takes up, where it has one.
    """
    known, total = log2(state.nactive), len(what.entries)
    if state.layer is None:
        steps = max(1, done - since) / max(1.0, known - log2(before))
        return Growth(known, known + (total - done) / steps, spread_of(state), steps, done, total)
    others = count_others(what.program)
    pace = max(1, int(others[: what.ends[done]].sum())) / known
    expected = known + int(others[what.ends[done] :].sum()) / pace
    return Growth(known, expected, state.n, done / known, done, total)


def _entangles(matrix: Array, bits: Sequence[int], words: Array) -> bool:
    """Tell whether a matrix leaves bits, the first the most significant, that are no product."""
    index = index_of(int(bit_of(words, p)) for p in bits)
    column = matrix[:, index].reshape((2,) * len(bits))
    sides = (np.moveaxis(column, axis, 0).reshape(2, -1) for axis in range(len(bits)))
    return any(np.linalg.svd(side, compute_uv=False)[1:].sum() > _ENTANGLED for side in sides)


def _act(program: kernels.circuit_run.Program, gate: int, state: State) -> None:
    """Apply one gate of a program to a state that nobody else has."""
    p, q = program.where[gate].tolist()
    if program.kinds[gate] == kernels.circuit_run.ROTATE:
        state.rotate(p, tuple(program.matrices[gate].tolist()))
    elif program.kinds[gate] == kernels.circuit_run.SWAP:
        state.swap(p, q)
    elif program.kinds[gate] == kernels.circuit_run.MATRIX:
        state.multiply(*_matrix(program, gate))
    else:
        part = slice(program.ends[gate], program.ends[gate + 1])
        vectors = [tuple(v) for v in program.vectors[part].tolist()]
        state.phase(
            float(program.amounts[gate]),
            list(zip(program.bits[part].tolist(), vectors, strict=True)),
        )


def _matrix(program: kernels.circuit_run.Program, gate: int) -> tuple[list[int], Array]:
    """Return the bits and the matrix of a gate that has one on several bits."""
    part = slice(program.ends[gate], program.ends[gate + 1])
    count = int(program.amounts[gate])
    return program.bits[part][:count].tolist(), program.vectors[part].reshape(2**count, 2**count)


def count_others(program: kernels.circuit_run.Program) -> Array:
    """Return how many doublings each gate may bring that no layer takes up. O(m)."""
    out = np.zeros(program.kinds.size, np.int64)
    kinds = program.kinds
    out[kinds == kernels.circuit_run.MATRIX] = program.amounts[kinds == kernels.circuit_run.MATRIX]
    for gate in np.flatnonzero(kinds == kernels.circuit_run.ROTATE).tolist():
        u: Any = program.matrices[gate].tolist()
        out[gate] = _others_of(tuple(u))
    for gate in np.flatnonzero(kinds == kernels.circuit_run.PHASE).tolist():
        vectors: Any = program.vectors[program.ends[gate] : program.ends[gate + 1]].tolist()
        is_taken = program.amounts[gate] == 0.5 and len(vectors) <= 2
        if not is_taken or any(pauli_axis(tuple(v)) is None for v in vectors):
            out[gate] = len(vectors)
    return out


@lru_cache(maxsize=256)
def _others_of(u: Frame) -> int:
    if clifford(u) is not None:
        return 0
    return sum(clifford(part) is None for part in diagonal_parts(u))
