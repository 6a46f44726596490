"""Plans of circuits: runs of gates as arrays, made from those of the circuit; steps between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from ..core.values import Array
from .circuit_program import Compiled, compiled
from .gate_codes import ANGLES, BARRIER, NAMES, OPERATION, WIDTHS
from .operations import Entry, Operation
from .oracles import Unitary
from .steps import Columns, Steps, spans

__all__ = ["planned"]

# Fewer gates are not worth a kernel, which has to be compiled or loaded first.
_RUN = 4


class _Operations(Sequence[Operation]):
    """The operations of some gates, made when somebody looks at one."""

    def __init__(self, steps: Steps, places: Array) -> None:
        self.steps, self.places = steps, places
        self._made: list[Operation] | None = None

    def _all(self) -> list[Operation]:
        if self._made is None:
            entries = self.steps.taken(self.places).entries()
            self._made = [entry.operation for entry in entries if entry.operation is not None]
        return self._made

    def __len__(self) -> int:
        return int(self.places.size)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._all())

    @overload
    def __getitem__(self, key: int) -> Operation: ...

    @overload
    def __getitem__(self, key: slice) -> Sequence[Operation]: ...

    def __getitem__(self, key: int | slice) -> Operation | Sequence[Operation]:
        if isinstance(key, slice):
            return _Operations(self.steps, self.places[key])
        return self._all()[key]


def planned(steps: Steps, n: int) -> list[Compiled | Entry]:
    """Return runs of gates as arrays, and what is between them as it is."""
    columns = steps.columns()
    can_run = columns.codes >= 0
    for i, operation in steps.operations.items():
        can_run[i] = isinstance(operation.payload, Unitary) and len(operation.qubits) == 1
    can_run[list(steps.conditions)] = False
    kept = np.flatnonzero(columns.codes != BARRIER)
    changes = np.flatnonzero(np.diff(can_run[kept])) + 1
    begin, end = np.append(0, changes), np.append(changes, kept.size)
    is_run = can_run[kept[begin]] & (end - begin >= _RUN) if kept.size else np.zeros(1, bool)
    in_runs = np.repeat(is_run, end - begin)
    whole = _compiled(steps, columns, kept[in_runs], n)
    rest = steps.taken(kept[~in_runs]).entries()
    out: list[Compiled | Entry] = []
    first = 0
    for size, can_compile in zip((end - begin).tolist(), is_run.tolist(), strict=True):
        if can_compile:
            out.append(whole.part(first, first + size))
            first += size
        else:
            out.extend(next(rest) for _ in range(size))
    return out


def _compiled(steps: Steps, columns: Columns, places: Array, n: int) -> Compiled:
    """Compile gates: each different one once, and then copied to where it is. O(m)."""
    starts, widths = columns.qubit_ends[places], np.diff(columns.qubit_ends)[places]
    widest = int(widths.max(initial=1))
    different, which = _different(steps, columns, places, widths, widest)
    # Their first qubit is bit 1, and so on: bit 0 is none.
    pattern = compiled(different, widest + 1)
    ends = np.array(pattern.ends)
    counts = np.diff(ends)[which]
    parts = spans(ends[which], counts)
    qubits_of = np.repeat(starts, counts)
    kinds, where, matrices, amounts, inner, bits, vectors = pattern.program

    def moved(local: Array, start: Array) -> Array:
        real = n - 1 - columns.qubits[np.minimum(start + np.maximum(local - 1, 0), last)]
        return np.where(local > 0, real, 0).astype(np.int64)

    last = columns.qubits.size - 1
    sizes = np.diff(inner)[parts]
    elements = spans(inner[parts], sizes)
    program = pattern.program._replace(
        kinds=kinds[parts],
        where=moved(where[parts], qubits_of[:, None]),
        matrices=matrices[parts],
        amounts=amounts[parts],
        ends=np.append(0, np.cumsum(sizes)),
        bits=moved(bits[elements], np.repeat(qubits_of, sizes)),
        vectors=vectors[elements],
    )
    all_ends = np.append(0, np.cumsum(counts)).tolist()
    return Compiled(_Operations(steps, places), program, all_ends)


def _different(
    steps: Steps, columns: Columns, places: Array, widths: Array, widest: int
) -> tuple[list[Operation], Array]:
    """Return the different gates, on the first bits from bit 1, and which of them each gate is."""
    codes, first = columns.codes[places], columns.angle_ends[places]
    found: list[Operation] = []
    which = np.empty(places.size, np.int64)
    for code in np.unique(codes).tolist():
        rows = np.flatnonzero(codes == code)
        base = len(found)
        if code == OPERATION:
            which[rows] = base + np.arange(rows.size)
            found += [steps.operations[i].on((widest - 1,)) for i in places[rows].tolist()]
            continue
        angles = columns.angles[first[rows][:, None] + np.arange(ANGLES[code])]
        kinds = np.zeros(rows.size, np.int64)
        for key in [*([widths[rows]] if WIDTHS[code] < 0 else []), *angles.T]:
            values, place = np.unique(key, return_inverse=True)
            # Small numbers again, which a product with those of another column cannot overflow.
            kinds = np.unique(kinds * values.size + place, return_inverse=True)[1]
        one = np.zeros(int(kinds.max()) + 1, np.int64)
        one[kinds] = np.arange(rows.size)
        which[rows] = base + kinds
        for row in one.tolist():
            width = int(widths[rows[row]])
            qubits = tuple(widest - 1 - j for j in range(width))
            found.append(Operation(NAMES[code], qubits, tuple(angles[row].tolist())))
    return found, which
