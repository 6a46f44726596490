"""Gates on several qubits each: arguments broadcast to many gates, and gates in one sequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..core.values import Array
from .gate_codes import ANGLES, CODES, WIDTHS
from .gate_table import GATES, Gate
from .parameters import Expression, angle
from .validation import is_one, many, real


def required(gate: Gate, angles: Sequence[object], qubits: Sequence[object]) -> None:
    """Raise ValueError for another number of angles or qubits than a gate has."""
    count = max(2, len(qubits)) if gate.is_variadic else len(gate.qubits)
    if len(angles) != len(gate.angles) or len(qubits) != count:
        raise ValueError(
            f"{gate.name} takes {len(gate.angles)} angles and "
            f"{'two or more' if gate.is_variadic else count} qubits, "
            f"got {list(angles)} and {list(qubits)}"
        )


def _qubits(argument: object) -> Array:
    """Return qubits as integers, shape (m,)."""
    found = np.asarray(argument if isinstance(argument, np.ndarray) else list(many(argument)))
    if found.size and (found.ndim != 1 or found.dtype.kind not in "iu"):
        raise ValueError(f"a qubit is an integer, got {argument!r}")
    return found.astype(np.int64)


def _require_valid(qubits: Array, n: int) -> None:
    """Raise ValueError for qubits out of range, or repeated in a row of an array of two axes."""
    wrong = (qubits < 0) | (qubits >= n)
    if wrong.any():
        raise ValueError(f"qubit {qubits[wrong][0]} is out of range for {n} qubits")
    if qubits.shape[1] > 1:
        ordered = np.sort(qubits, axis=1)
        same = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if same.any():
            raise ValueError(f"repeated qubits: {qubits[same][0].tolist()}")


def broadcast(
    angles: Sequence[object], qubits: Sequence[object], n: int
) -> tuple[Array, Array, dict[int, Expression]]:
    """Return the qubits and the angles of a gate that gets several in the place of one.

    Returns
    -------
    qubits : ndarray of int64, shape (m, number of qubits)
    angles : ndarray of float64, shape (m, number of angles)
    symbols : dict of int to Expression
        Of angles without a value, by their places in the flat array.

    Raises
    ------
    ValueError
        For sequences of different lengths; for what the gate raises of one of them.
    """
    rows = [_qubits(argument) for argument in qubits]
    values: list[Array] = []
    for argument in angles:
        if isinstance(argument, np.ndarray) and argument.ndim == 1 and argument.dtype.kind in "iuf":
            values.append(argument)
        else:
            values.append(np.fromiter(map(angle, many(argument)), object))
    given = [*angles, *qubits]
    lengths = {
        column.size
        for argument, column in zip(given, [*values, *rows], strict=True)
        if not is_one(argument)
    }
    if len(lengths) > 1:
        raise ValueError(f"as many of each are needed, got {sorted(lengths)}")
    (m,) = lengths
    several = np.stack([np.broadcast_to(row, m) for row in rows], axis=1)
    _require_valid(several, n)
    symbols: dict[int, Expression] = {}
    numbers = np.empty((m, len(values)))
    for i, column in enumerate(values):
        column = np.broadcast_to(column, m)
        if column.dtype == object:
            found = {
                j * len(values) + i: value
                for j, value in enumerate(column.tolist())
                if isinstance(value, Expression)
            }
            symbols.update(found)
            column = np.array(
                [np.nan if isinstance(value, Expression) else value for value in column.tolist()]
            )
        elif not np.isfinite(column).all():
            raise ValueError(f"an angle must be finite, got {column[~np.isfinite(column)][0]}")
        numbers[:, i] = column
    return several, numbers, symbols


def joined(
    names: Sequence[str], qubits: ArrayLike, angles: ArrayLike, n: int
) -> tuple[Array, Array, Array]:
    """Return the codes, qubits and angles of named gates, validated.

    Raises
    ------
    ValueError
        As `Circuit.extend`.
    """
    found, place = np.unique(np.asarray(list(names), dtype=str), return_inverse=True)
    for name in found.tolist():
        if name not in GATES:
            raise ValueError(f"there is no gate {name!r}")
        if GATES[name].is_variadic:
            raise ValueError(f"{name} has any number of qubits: append it on its own")
    codes = np.array([CODES[name] for name in found.tolist()], np.int64)[place]
    flat, values = _qubits(qubits), np.asarray(angles, np.float64)
    widths, count = WIDTHS[codes], ANGLES[codes]
    if widths.sum() != flat.size or count.sum() != values.size:
        raise ValueError(
            f"these gates take {widths.sum()} qubits and {count.sum()} angles, "
            f"got {flat.size} and {values.size}"
        )
    if values.ndim != 1 and values.size:
        raise ValueError(f"angles are a sequence of numbers, got shape {values.shape}")
    for value in values[~np.isfinite(values)]:
        real("an angle", value)
    starts = np.cumsum(widths) - widths
    for width in np.unique(widths).tolist():
        here = starts[widths == width]
        _require_valid(flat[here[:, None] + np.arange(width)], n)
    return codes, flat, values
