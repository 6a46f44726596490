"""Unitary 2×2 matrices, frames, as tuples of four complex numbers by rows.

Entries near one that products of the Hadamard gate and quarter turns can have are made that one,
so that such products are exact: a gate and its inverse give the identity to the last bit.
"""

from __future__ import annotations

import cmath
import math
from typing import TypeAlias

Frame: TypeAlias = tuple[complex, complex, complex, complex]
Vector: TypeAlias = tuple[complex, complex]

HALF = 0.5**0.5
IDENTITY: Frame = (1 + 0j, 0j, 0j, 1 + 0j)
HADAMARD: Frame = (HALF + 0j, HALF + 0j, HALF + 0j, -HALF + 0j)
FLIP: Frame = (0j, 1 + 0j, 1 + 0j, 0j)
PAULIS: dict[str, Frame] = {
    "X": FLIP,
    "Y": (0j, -1j, 1j, 0j),
    "Z": (1 + 0j, 0j, 0j, -1 + 0j),
}

#: The vectors |1> and |->.
ONE: Vector = (0j, 1 + 0j)
MINUS: Vector = (HALF + 0j, -HALF + 0j)

#: Sizes below this are taken for 0: what the rounding of a hundred products may leave.
TINY = 3e-14

_SNAPS = {round(x, 14): x for x in (0.0, 0.5, -0.5, HALF, -HALF, 1.0, -1.0)}
_SNAPS[-0.0] = 0.0


def eighths(turns: float) -> complex:
    """Return ``exp(2j * pi * turns)``, exact to the last bit at multiples of an eighth."""
    eighth = turns * 8
    if eighth == int(eighth):
        half = 0.5**0.5
        return (
            1 + 0j, complex(half, half), 1j, complex(-half, half),
            -1 + 0j, complex(-half, -half), -1j, complex(half, -half),
        )[int(eighth) % 8]  # fmt: skip
    return cmath.exp(2j * math.pi * turns)


_EIGHTHS = {eighths(k / 8): k / 8 for k in range(8)}


def _snap_real(x: float) -> float:
    return _SNAPS.get(round(x, 14), x)


def _snap(z: complex) -> complex:
    return complex(_snap_real(z.real), _snap_real(z.imag))


def snapped(a: complex, b: complex, c: complex, d: complex) -> Frame:
    """Return the frame of these entries, those of Clifford gates made exact."""
    return _snap(a), _snap(b), _snap(c), _snap(d)


def product(left: Frame, right: Frame) -> Frame:
    """Multiply two matrices."""
    a, b, c, d = left
    e, f, g, h = right
    return snapped(a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)


def adjoint(u: Frame) -> Frame:
    a, b, c, d = u
    return a.conjugate(), c.conjugate(), b.conjugate(), d.conjugate()


def apply_adjoint(u: Frame, v: Vector) -> Vector:
    """Return ``u.conj().T @ v``, with entries that are rounding made 0."""
    a, b, c, d = u
    x = a.conjugate() * v[0] + c.conjugate() * v[1]
    y = b.conjugate() * v[0] + d.conjugate() * v[1]
    if abs(x) < TINY:
        return 0j, y
    if abs(y) < TINY:
        return x, 0j
    return x, y


def column_frame(v: Vector) -> Frame:
    """Return a frame that has `v` as one of its basis vectors."""
    if v[0] == 0 or v[1] == 0:
        return IDENTITY
    # For |−> this is the Hadamard gate.
    phase = v[0] / abs(v[0])
    return snapped(-v[1].conjugate() * phase, v[0], v[0].conjugate() * phase, v[1])


def is_diagonal(u: Frame) -> bool:
    return abs(u[1]) < TINY and abs(u[2]) < TINY


def is_off_diagonal(u: Frame) -> bool:
    return abs(u[0]) < TINY and abs(u[3]) < TINY


def is_flat(u: Frame) -> bool:
    """Tell whether all entries have the size of those of the Hadamard gate."""
    return all(abs(abs(x) - HALF) < TINY for x in u)


def scaled(u: Frame, factor: float) -> Frame:
    a, b, c, d = u
    return snapped(a * factor, b * factor, c * factor, d * factor)


def diagonal_of(turns: float, v: Vector) -> Frame:
    """Return ``1 + (exp(2j * pi * turns) - 1) |v><v|``."""
    phase = eighths(turns) - 1
    x, y = v
    cross = phase * x * y.conjugate()
    return snapped(
        1 + phase * (x * x.conjugate()), cross, phase * y * x.conjugate(),
        1 + phase * (y * y.conjugate()),
    )  # fmt: skip


def turns_of(z: complex) -> float:
    """Return the phase of a number of size 1, in turns; exact at multiples of an eighth.

    >>> turns_of(1j)
    0.25
    """
    known = _EIGHTHS.get(z)
    if known is not None:
        return known
    return cmath.phase(z) / (2 * math.pi)


# Eigenvectors of Y.
_Y_FRAME: Frame = (HALF + 0j, HALF + 0j, HALF * 1j, -HALF * 1j)


def diagonal_parts(u: Frame) -> list[Frame]:
    """Return matrices whose product is `u`, as they act: diagonal, or of the Clifford group.

    >>> [is_diagonal(part) for part in diagonal_parts(HADAMARD)]
    [True, False, True, False, True]
    """
    if is_diagonal(u):
        return [u]
    if is_off_diagonal(u):
        return [product(FLIP, u), FLIP]
    a, b, c, _ = u
    first, second = a / abs(a), c / abs(c)
    half = complex(abs(a), abs(c))
    half /= abs(half)
    return [
        snapped(first, 0j, 0j, -b / abs(b)),
        adjoint(_Y_FRAME),
        snapped(half.conjugate(), 0j, 0j, half),
        _Y_FRAME,
        snapped(1 + 0j, 0j, 0j, second / first),
    ]
