"""`Steps`: the gates of a circuit in growing arrays: their names as numbers, qubits and angles."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..core.values import Array
from .gate_codes import ANGLES, INVERSES, KINDS, MEASURE, NAMES, RESET, WIDTHS
from .gate_table import GATES
from .operations import Angle, Entry, Operation
from .parameters import Expression


class Columns(NamedTuple):
    """Steps as NumPy arrays.

    Attributes
    ----------
    codes : ndarray of int16, shape (m,)
        Places in `NAMES`, or one of the negative codes.
    qubits, angles : ndarray of int32 and of float64
        Those of all steps one after the other. An angle without a value is a NaN.
    qubit_ends, angle_ends : ndarray of int64, shape (m + 1,)
        Those of step i begin at ``ends[i]`` and end before ``ends[i + 1]``.
    """

    codes: Array
    qubits: Array
    qubit_ends: Array
    angles: Array
    angle_ends: Array


def _ends(counts: Array) -> Array:
    ends = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends


def spans(begin: Array, counts: Array) -> Array:
    """Return the places of some spans, one after the other.

    >>> spans(np.array([5, 0]), np.array([2, 3]))
    array([5, 6, 0, 1, 2])
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if ends.size else 0
    return np.arange(total) + np.repeat(begin - ends + counts, counts)


def _taken(special: dict[int, Any], order: Array, size: int) -> dict[int, Any]:
    """Return what is special at some places, by where these are put."""
    if not special:
        return {}
    is_special = np.zeros(size, bool)
    is_special[list(special)] = True
    places = np.flatnonzero(is_special[order])
    return {
        new: special[old] for new, old in zip(places.tolist(), order[places].tolist(), strict=True)
    }


class Steps:
    """Steps in arrays, which grow at the end only.

    Attributes
    ----------
    codes, qubits, angles : array.array
        As in `Columns`.
    widths : dict of int to int
        How many qubits a step has, where its code does not say so.
    operations : dict of int to Operation
        Steps that are no named gates.
    clbits : dict of int to tuple of int
        The classical bits of measurements.
    conditions : dict of int to tuple
        The classical bits and the value that a step is taken at.
    symbols : dict of int to Expression
        What is in the place of angles that have no value, by their places in `angles`.
    """

    __slots__ = (
        "angles", "clbits", "codes", "conditions", "operations", "qubits", "symbols", "widths",
    )  # fmt: skip

    def __init__(self) -> None:
        self.codes, self.qubits, self.angles = array("h"), array("i"), array("d")
        self.widths: dict[int, int] = {}
        self.operations: dict[int, Operation] = {}
        self.clbits: dict[int, tuple[int, ...]] = {}
        self.conditions: dict[int, tuple[tuple[int, ...], int]] = {}
        self.symbols: dict[int, Expression] = {}

    def __len__(self) -> int:
        return len(self.codes)

    # -- growing ----------------------------------------------------------------------------

    def add(
        self,
        code: int,
        qubits: Sequence[int],
        angles: Sequence[Angle] = (),
        condition: tuple[tuple[int, ...], int] | None = None,
    ) -> None:
        """Append one step, which is valid."""
        place = len(self.codes)
        if WIDTHS[code] < 0:
            self.widths[place] = len(qubits)
        if condition is not None:
            self.conditions[place] = condition
        self.codes.append(code)
        self.qubits.extend(qubits)
        for value in angles:
            if isinstance(value, Expression):
                self.symbols[len(self.angles)] = value
                value = np.nan
            self.angles.append(value)

    def extend(self, codes: Array, qubits: Array, angles: Array) -> None:
        """Append many steps, which are valid: named gates of a fixed number of qubits."""
        self.codes.frombytes(codes.astype(np.int16).tobytes())
        self.qubits.frombytes(qubits.astype(np.int32).tobytes())
        self.angles.frombytes(angles.astype(np.float64).tobytes())

    def join(self, other: Steps) -> None:
        """Append all of some other steps."""
        step, angle = len(self.codes), len(self.angles)
        self.codes.extend(other.codes)
        self.qubits.extend(other.qubits)
        self.angles.extend(other.angles)
        self.symbols.update((angle + i, x) for i, x in other.symbols.items())
        for name in ("widths", "operations", "clbits", "conditions"):
            getattr(self, name).update((step + i, x) for i, x in getattr(other, name).items())

    # -- reading ----------------------------------------------------------------------------

    def columns(self) -> Columns:
        """Return the steps as NumPy arrays, copies. O(m)."""
        codes = np.array(self.codes, np.int16)
        counts = WIDTHS.take(codes, mode="wrap")
        if self.widths:
            counts[list(self.widths)] = list(self.widths.values())
        return Columns(
            codes,
            np.array(self.qubits, np.int32),
            _ends(counts),
            np.array(self.angles, np.float64),
            _ends(ANGLES.take(codes, mode="wrap")),
        )

    def entries(self) -> Iterator[Entry]:
        """Yield the steps as objects."""
        columns = self.columns()
        qubit_ends, angle_ends = columns.qubit_ends.tolist(), columns.angle_ends.tolist()
        qubits: list[int] = self.qubits.tolist()
        values: list[Angle] = [*self.angles]
        for place, value in self.symbols.items():
            values[place] = value
        for i, code in enumerate(self.codes):
            here = tuple(qubits[qubit_ends[i] : qubit_ends[i + 1]])
            condition = self.conditions.get(i)
            if code >= 0:
                params = tuple(values[angle_ends[i] : angle_ends[i + 1]])
                yield Entry("gate", here, Operation(NAMES[code], here, params), (), condition)
            else:
                yield Entry(
                    KINDS[code], here, self.operations.get(i), self.clbits.get(i, ()), condition
                )

    # -- other steps made from these --------------------------------------------------------

    def taken(self, order: Array) -> Steps:
        """Return the steps at some places. O(m)."""
        columns, new = self.columns(), Steps()
        starts, counts = columns.qubit_ends[order], np.diff(columns.qubit_ends)[order]
        new.qubits.frombytes(columns.qubits[spans(starts, counts)].tobytes())
        starts, counts = columns.angle_ends[order], np.diff(columns.angle_ends)[order]
        places = spans(starts, counts)
        new.angles.frombytes(columns.angles[places].tobytes())
        new.codes.frombytes(columns.codes[order].tobytes())
        new.symbols = _taken(self.symbols, places, len(self.angles))
        for name in ("widths", "operations", "clbits", "conditions"):
            setattr(new, name, _taken(getattr(self, name), order, len(self)))
        return new

    def of_one_qubit(self) -> Steps:
        """Return the same with a measurement or a reset of several qubits as one of each. O(m)."""
        if MEASURE not in self.codes and RESET not in self.codes:
            return self
        columns = self.columns()
        counts = np.diff(columns.qubit_ends)
        counts[(columns.codes != MEASURE) & (columns.codes != RESET)] = 1
        if (counts == 1).all():
            return self
        order = np.repeat(np.arange(counts.size), counts)
        new = Steps()
        # Their qubits, and all angles, are one after the other as before.
        new.extend(columns.codes[order], columns.qubits, columns.angles)
        for name in ("operations", "clbits", "conditions"):
            setattr(new, name, _taken(getattr(self, name), order, len(self)))
        first = spans(np.zeros(counts.size, np.int64), counts).tolist()
        new.clbits = {i: bits[first[i] : first[i] + 1] for i, bits in new.clbits.items()}
        widths = np.diff(columns.qubit_ends)[order]
        for i in np.flatnonzero(WIDTHS[columns.codes[order]] < 0).tolist():
            is_one = columns.codes[order[i]] in (MEASURE, RESET)
            new.widths[i] = 1 if is_one else int(widths[i])
        return new

    def copy(self) -> Steps:
        """Return the same steps, to which others can be appended."""
        new = Steps()
        new.join(self)
        return new

    def inverse(self) -> Steps:
        """Return what undoes gates, which all of the steps are, last first. O(m)."""
        new = self.taken(np.arange(len(self) - 1, -1, -1))
        columns = new.columns()
        starts = columns.angle_ends[:-1]
        values = columns.angles.astype(object) if new.symbols else columns.angles
        for place, expression in new.symbols.items():
            values[place] = expression
        for code in set(np.unique(columns.codes[columns.codes >= 0]).tolist()):
            gate = GATES[NAMES[code]]
            if gate.angles:
                first = starts[columns.codes == code]
                undone = gate.undo(tuple(values[first + i] for i in range(len(gate.angles))))
                for i, column in enumerate(undone):
                    values[first + i] = column
        if new.symbols:
            found = {i: v for i, v in enumerate(values.tolist()) if isinstance(v, Expression)}
            values[list(found)] = np.nan
            new.symbols = found
        new.angles = array("d", values.astype(np.float64).tobytes())
        new.codes = array("h", INVERSES[columns.codes].astype(np.int16).tobytes())
        new.operations = {i: op.inverse() for i, op in new.operations.items()}
        return new

    def mapped(self, qubits: Sequence[int], bits: Sequence[int]) -> Steps:
        """Return the same on other qubits and classical bits: those by the numbers of these."""
        new = self.copy()
        moved = np.asarray(qubits, np.int32)[np.array(self.qubits, np.int32)]
        new.qubits = array("i", moved.tobytes())
        if new.operations:
            ends = new.columns().qubit_ends
            for i, operation in new.operations.items():
                here = tuple(moved[ends[i] : ends[i + 1]].tolist())
                new.operations[i] = operation.on(here)
        new.clbits = {i: tuple(bits[b] for b in own) for i, own in new.clbits.items()}
        new.conditions = {
            i: (tuple(bits[b] for b in own), value) for i, (own, value) in new.conditions.items()
        }
        return new

    def bound(self, values: dict[str, float]) -> Steps:
        """Return the same with values in the place of parameters."""
        new = self.copy()
        new.symbols = {}
        for place, expression in self.symbols.items():
            angle = expression.bound(values)
            if isinstance(angle, Expression):
                new.symbols[place] = angle
            else:
                new.angles[place] = angle
        return new
