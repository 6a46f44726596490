"""Plans of circuits: runs of gates and measurements as arrays, and what is between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, overload

import numpy as np

from .. import kernels
from ..core.values import Array
from .circuit_program import Compiled
from .gate_codes import ANGLES, BARRIER, MEASURE, NAMES, OPERATION, RESET, WIDTHS
from .gate_program import Recorder, empty_program
from .operations import Entry, Operation
from .oracles import Unitary
from .steps import Columns, Steps

# Fewer gates are not worth a kernel, which has to be compiled or loaded first.
_RUN = 4
# By codes: whether steps have angles, or any number of qubits.
_VARIES = (ANGLES > 0) | (WIDTHS < 0)
_VARIES[[MEASURE, RESET]] = False


class _Entries(Sequence[Entry]):
    """Some steps, made when somebody looks at one."""

    def __init__(self, steps: Steps, places: Array) -> None:
        self.steps, self.places = steps, places
        self._made: list[Entry] | None = None

    def _all(self) -> list[Entry]:
        if self._made is None:
            self._made = list(self.steps.taken(self.places).entries())
        return self._made

    def __len__(self) -> int:
        return int(self.places.size)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._all())

    @overload
    def __getitem__(self, key: int) -> Entry: ...

    @overload
    def __getitem__(self, key: slice) -> Sequence[Entry]: ...

    def __getitem__(self, key: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(key, slice):
            return _Entries(self.steps, self.places[key])
        return self._all()[key]


def planned(steps: Steps, n: int) -> list[Compiled | Entry]:
    """Return runs of steps as arrays, and what is between them as it is."""
    steps = steps.of_one_qubit()
    columns = steps.columns()
    kept = np.arange(len(steps))
    if not steps.operations and BARRIER not in steps.codes and len(steps) >= _RUN:
        return [_compiled(steps, columns, kept, n)]
    can_run = columns.codes != OPERATION
    for i, operation in steps.operations.items():
        can_run[i] = isinstance(operation.payload, Unitary)
    kept = kept[columns.codes != BARRIER]
    changes = (np.flatnonzero(np.diff(can_run[kept])) + 1).tolist()
    begin, end = [0, *changes], [*changes, kept.size]
    out: list[Compiled | Entry] = []
    for first, last in zip(begin, end, strict=True):
        places = kept[first:last]
        if last - first >= _RUN and can_run[places[0]]:
            out.append(_compiled(steps, columns, places, n))
        else:
            out.extend(_Entries(steps, places))
    return out


@lru_cache(maxsize=1 << 12)
def _pattern(code: int, width: int, angles: tuple[float, ...]) -> Recorder:
    """Return what a step is on the first bits from bit 1."""
    recorder: Any = Recorder(width + 1)
    if code == MEASURE:
        recorder.measure(1)
    elif code == RESET:
        recorder.reset(1)
    else:
        Operation(NAMES[code], tuple(width - 1 - j for j in range(width)), angles).act(recorder)
    return recorder


@lru_cache(maxsize=1 << 8)
def _pattern_of(payload: Unitary) -> Recorder:
    width = len(payload.matrix).bit_length() - 1
    recorder: Any = Recorder(width + 1)
    Operation("unitary", tuple(width - 1 - j for j in range(width)), payload=payload).act(recorder)
    return recorder


def _patterns(steps: Steps, columns: Columns, places: Array) -> tuple[Recorder, list[int], Array]:
    """Return the different patterns, where each of them ends, and which of them each step is."""
    codes = columns.codes[places]
    numbers, joined, ends = np.zeros(_VARIES.size, np.int64), Recorder(0), list[int]()
    known: dict[Recorder, int] = {}

    def number(pattern: Recorder) -> int:
        if pattern not in known:
            known[pattern] = len(known)
            joined.join(pattern)
            ends.append(len(joined.kinds))
        return known[pattern]

    for code in set(codes.tolist()):
        if not _VARIES[code]:
            width = 1 if code in (MEASURE, RESET) else int(WIDTHS[code])
            numbers[code] = number(_pattern(code, width, ()))
    which = numbers[codes]
    others = np.flatnonzero(_VARIES[codes])
    if others.size:
        here = places[others]
        widths = np.diff(columns.qubit_ends)[here].tolist()
        first = columns.angle_ends[here].tolist()
        last = columns.angle_ends[here + 1].tolist()
        angles = columns.angles.tolist()
        for i, place, code, width, low, high in zip(
            others.tolist(), here.tolist(), codes[others].tolist(), widths, first, last, strict=True
        ):
            if code == OPERATION:
                payload = steps.operations[place].payload
                assert isinstance(payload, Unitary)
                which[i] = number(_pattern_of(payload))
            else:
                which[i] = number(_pattern(code, width, tuple(angles[low:high])))
    return joined, ends, which


def _asked(steps: Steps, places: Array) -> tuple[Array, Array, Array]:
    """Return the classical bits that conditions are on: where those of each step end; values."""
    ends, asked, wanted = np.zeros(places.size, np.int64), list[int](), list[int]()
    if steps.conditions:
        for i, place in enumerate(places.tolist()):
            bits, value = steps.conditions.get(place, ((), 0))
            asked += bits
            wanted += [value >> (len(bits) - 1 - j) & 1 for j in range(len(bits))]
            ends[i] = len(asked)
    return ends, np.array(asked, np.int64), np.array(wanted, np.int64)


def _compiled(steps: Steps, columns: Columns, places: Array, n: int) -> Compiled:
    """Compile steps: each different one once, and then copied to where it is. O(m)."""
    joined, ends, which = _patterns(steps, columns, places)
    patterns = joined.program()
    sizes = [joined.ends[end] for end in ends]
    often = np.bincount(which, minlength=len(ends)).tolist()
    condition_ends, asked, wanted = _asked(steps, places)
    asking = int(np.count_nonzero(np.diff(condition_ends, prepend=0))) if asked.size else 0
    program = empty_program(_total(often, ends) + asking, _total(often, sizes) + asked.size)
    clbits = np.full(places.size, -1)
    if steps.clbits:
        for i in np.flatnonzero(columns.codes[places] == MEASURE).tolist():
            clbits[i] = steps.clbits[int(places[i])][0]
    placed = kernels.gate_patterns.Placed(
        which, columns.qubit_ends[places], columns.qubits, n, condition_ends, asked, wanted, clbits
    )
    all_ends = kernels.gate_patterns.copied(
        patterns, np.array(ends), placed, kernels.circuit_run.UNLESS, program
    )
    return Compiled(_Entries(steps, places), program, all_ends.tolist())


def _total(often: list[int], ends: list[int]) -> int:
    """Return how much there is of patterns that end there, each so often."""
    return sum(
        count * (end - begin)
        for count, begin, end in zip(often, [0, *ends[:-1]], ends, strict=True)
    )
