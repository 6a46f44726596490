"""2×2 unitary matrices as tuples, and phases: 0, 1, 1/2 and sqrt(1/2) are kept exact in them."""

from __future__ import annotations

import numpy as np

from .jit import inner

_HALF = 0.5**0.5


@inner
def snap_real(x):  # type: ignore[no-untyped-def]
    size = abs(x)
    if size < 5e-15:
        return 0.0
    for exact in (0.5, _HALF, 1.0):
        if abs(size - exact) < 5e-15:
            return exact if x > 0 else -exact
    return x


@inner
def snap(z):  # type: ignore[no-untyped-def]
    return complex(snap_real(z.real), snap_real(z.imag))


@inner
def square(z):  # type: ignore[no-untyped-def]
    return z.real * z.real + z.imag * z.imag


@inner
def times(u, f):  # type: ignore[no-untyped-def]
    return (
        snap(u[0] * f[0] + u[1] * f[2]),
        snap(u[0] * f[1] + u[1] * f[3]),
        snap(u[2] * f[0] + u[3] * f[2]),
        snap(u[2] * f[1] + u[3] * f[3]),
    )


@inner
def adjoint(u):  # type: ignore[no-untyped-def]
    return u[0].conjugate(), u[2].conjugate(), u[1].conjugate(), u[3].conjugate()


@inner
def frame(frames, p):  # type: ignore[no-untyped-def]
    return frames[p, 0], frames[p, 1], frames[p, 2], frames[p, 3]


@inner
def put(frames, p, u):  # type: ignore[no-untyped-def]
    frames[p, 0] = u[0]
    frames[p, 1] = u[1]
    frames[p, 2] = u[2]
    frames[p, 3] = u[3]


@inner
def basis(x, y, column):  # type: ignore[no-untyped-def]
    """Return a unitary matrix one of whose columns is a vector of length 1."""
    if column:
        return -y.conjugate(), x, x.conjugate(), y
    return x, -y.conjugate(), y, x.conjugate()


@inner
def eighths(turns):  # type: ignore[no-untyped-def]
    eighth = turns * 8
    whole = int(np.floor(eighth))
    if whole == eighth:
        # A quarter turn for each two, and an eighth for what is left.
        z = complex(_HALF, _HALF) if whole & 1 else complex(1.0, 0.0)
        quarter = (whole >> 1) & 3
        if quarter == 1:
            return complex(-z.imag if z.imag else 0.0, z.real)
        if quarter == 2:
            return complex(-z.real, -z.imag if z.imag else 0.0)
        if quarter == 3:
            return complex(z.imag, -z.real)
        return z
    angle = 2.0 * np.pi * turns
    return complex(np.cos(angle), np.sin(angle))


@inner
def turns_of(z):  # type: ignore[no-untyped-def]
    turns = np.arctan2(z.imag, z.real) / (2.0 * np.pi)
    eighth = np.floor(turns * 8 + 0.5) / 8
    return eighth if eighths(eighth) == z else turns


@inner
def part(turns, x, y):  # type: ignore[no-untyped-def]
    """``1 + (exp(2j * pi * turns) - 1) |v><v|`` for v = (x, y)."""
    phase = eighths(turns) - 1
    cross = phase * x * y.conjugate()
    return (
        snap(1 + phase * (x * x.conjugate())),
        snap(cross),
        snap(phase * y * x.conjugate()),
        snap(1 + phase * (y * y.conjugate())),
    )


@inner
def within(u, x, y):  # type: ignore[no-untyped-def]
    """``u.conj().T @ (x, y)``."""
    return u[0].conjugate() * x + u[2].conjugate() * y, u[1].conjugate() * x + u[3].conjugate() * y
