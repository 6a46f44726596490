"""Circuits compiled to arrays of numbers, and their runs on states of few amplitudes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import log2
from typing import Any, NamedTuple, overload

import numpy as np

from .. import kernels
from ..core.values import Array
from ..errors import MaterializationError
from ..options import options
from .bit_strings import index_of
from .gate_program import BYTES, LIMIT, Recorder
from .operations import Entry, Operation, after_all
from .path_sum import clifford, pauli_axis
from .phase_polynomial import bits_in
from .registers import WORD, bit_of
from .single_qubit import TINY
from .state import State

# Up to this many gates that are no Clifford gates, a layer is tried instead.
_FEW_OTHERS = 12
# Growth over this many doublings is taken to go on, and must be over the budget by that many.
_STEADY, _MARGIN = 6, 4
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
    if found.blocks and is_nearly_clifford(program, found.done):
        return state, 0
    if found.blocks:
        refuse_growth(program, found)
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


def refuse_growth(program: kernels.circuit_run.Program, found: kernels.circuit_run.Result) -> None:
    """Raise MaterializationError where a state grows steadily, and that far that it cannot fit.

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
    most = len(mixed)
    # A few doublings come by chance: where they are not much slower than all, all tell the pace.
    pace = max(1, found.done) / max(1, known)
    steps = min(steps, pace) if steps < 2 * pace else steps
    expected = min(known + left / steps, most)
    if max(known, expected - _MARGIN) > log2(max(1, options.memory_budget) / BYTES):
        expected = max(known, expected)
        raise MaterializationError(
            BYTES << round(expected), options.memory_budget, _LOW_ENTANGLEMENT,
            f"a state of 2**{doublings} amplitudes after {found.done} of {len(program.kinds)} "
            f"steps, which doubles every {steps:.1f} of them,",
        )  # fmt: skip


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


def is_nearly_clifford(program: kernels.circuit_run.Program, count: int) -> bool:
    """Tell whether a layer can take up all but some of the first gates. O(count)."""
    found = 0
    for gate in range(count):
        if program.kinds[gate] == kernels.circuit_run.ROTATE:
            u: Any = program.matrices[gate].tolist()
            found += clifford(tuple(u)) is None
        elif program.kinds[gate] == kernels.circuit_run.MATRIX:
            found += 1
        elif program.kinds[gate] == kernels.circuit_run.PHASE:
            vectors: Any = program.vectors[program.ends[gate] : program.ends[gate + 1]].tolist()
            found += (
                program.amounts[gate] != 0.5
                or len(vectors) > 2
                or any(pauli_axis(tuple(v)) is None for v in vectors)
            )
        if found > _FEW_OTHERS:
            return False
    return True
