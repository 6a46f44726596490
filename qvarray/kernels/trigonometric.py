r"""Evaluate Fourier and cosine functions at any position of an axis of any length.

The angle of an element is :math:`2\pi` times the fraction of a product of two integers
below 2**63, so it cannot be had from floating point: at n = 2**40 a product has 80 bits.
It is kept in integers instead. For a position p, ``floor(p / n * 2**128)`` is divided out
once; times an index k, modulo 2**128, its upper word is the fraction of ``p * k / n`` to
2**-64 of a turn. The word's two top bits name the quadrant, so that multiples of a quarter
turn come out exact, and the Taylor series of sine and cosine (Abramowitz & Stegun,
*Handbook of Mathematical Functions*, 4.3.65 and 4.3.66) serve the rest, |angle| <= pi/4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from .jit import njit
from .words import upper_word

#: The angle that the lowest bit of a word stands for, in radians.
_ANGLE = 2.0 * np.pi / 2.0**64


@njit(cache=True, nogil=True, inline="always")
def _next_word(rest, n):  # type: ignore[no-untyped-def]
    """Return the next 64 bits of the quotient of a long division by n, and what is left then."""
    word = uint64(0)
    for _ in range(64):
        rest <<= uint64(1)
        word <<= uint64(1)
        if rest >= n:
            rest -= n
            word |= uint64(1)
    return word, rest


@njit(cache=True, nogil=True, inline="always")
def _unit(n):  # type: ignore[no-untyped-def]
    """Return floor(2**64 / n), for 1 < n < 2**63."""
    word, _ = _next_word(uint64(1), n)
    return word


@njit(cache=True, nogil=True, inline="always")
def _divide(p, n, unit):  # type: ignore[no-untyped-def]
    """Return floor(p / n * 2**128) as two words, for p < n < 2**63 and the `_unit` of n."""
    if n & (n - uint64(1)) == uint64(0):
        return p * unit, uint64(0)
    high, rest = _next_word(p, n)
    low, _ = _next_word(rest, n)
    return high, low


@njit(cache=True, nogil=True, inline="always")
def _cosine_sine(fraction):  # type: ignore[no-untyped-def]
    """Return cosine and sine of ``fraction / 2**64`` of a turn."""
    quadrant = (fraction + uint64(1 << 61)) >> uint64(62)
    angle = np.int64(fraction - (quadrant << uint64(62))) * _ANGLE
    s = angle * angle
    cosine = 1.0 + s * (
        -1 / 2
        + s
        * (
            1 / 24
            + s
            * (
                -1 / 720
                + s
                * (
                    1 / 40320
                    + s
                    * (
                        -1 / 3628800
                        + s * (1 / 479001600 + s * (-1 / 87178291200 + s / 20922789888000))
                    )
                )
            )
        )
    )
    sine = angle + angle * s * (
        -1 / 6
        + s
        * (
            1 / 120
            + s
            * (
                -1 / 5040
                + s
                * (
                    1 / 362880
                    + s
                    * (
                        -1 / 39916800
                        + s * (1 / 6227020800 + s * (-1 / 1307674368000 + s / 355687428096000))
                    )
                )
            )
        )
    )
    # Choices of values, not of ways: quadrants that come in no order are not to be foreseen.
    is_odd, is_second_half = quadrant & uint64(1), (quadrant >> uint64(1)) & uint64(1)
    along, across = (sine, cosine) if is_odd else (cosine, sine)
    return (-along if is_odd ^ is_second_half else along), (-across if is_second_half else across)


@njit(cache=True, nogil=True)
def _fourier(n, positions, indices, sign, scale, out):  # type: ignore[no-untyped-def]
    """Write ``scale * exp(sign * 2j * pi * p * k / n)`` to `out`, shape (m, k). O(m k)."""
    unit = _unit(uint64(n))
    for i in range(positions.size):
        high, low = _divide(uint64(positions[i]), uint64(n), unit)
        for j in range(indices.size):
            k = uint64(indices[j])
            cosine, sine = _cosine_sine(high * k + upper_word(low, k))
            out[i, j] = complex(scale * cosine, sign * scale * sine)


@njit(cache=True, nogil=True)
def _cosine(n, positions, indices, out):  # type: ignore[no-untyped-def]
    """Write the elements of the DCT-II basis of n samples to `out`, shape (m, k). O(m k)."""
    flat = np.sqrt(1.0 / n)
    scale = np.sqrt(2.0 / n)
    unit = _unit(uint64(n))
    for i in range(positions.size):
        # (2p + 1) / 4n turns, without ever forming 4n: divide by n, then shift.
        odd = uint64(2) * uint64(positions[i]) + uint64(1)
        whole = uint64(0)
        if odd >= uint64(n):
            odd -= uint64(n)
            whole = uint64(1)
        high, low = _divide(odd, uint64(n), unit)
        low = (high << uint64(62)) | (low >> uint64(2))
        high = (whole << uint64(62)) | (high >> uint64(2))
        for j in range(indices.size):
            k = uint64(indices[j])
            cosine, _ = _cosine_sine(high * k + upper_word(low, k))
            out[i, j] = cosine * (flat if indices[j] == 0 else scale)


@njit(cache=True, nogil=True)
def _add_waves(folded, values, turns, out):  # type: ignore[no-untyped-def]
    """Add ``values[j] * turns[j]**a`` at row ``folded[j]`` and column a of `out`. O(k count)."""
    for j in range(folded.size):
        value, row = values[j], folded[j]
        for column in range(out.shape[1]):
            out[row, column] += value
            value *= turns[j]


@njit(cache=True, nogil=True)
def _add_real_waves(folded, values, turns, out):  # type: ignore[no-untyped-def]
    """Add the spectra of real parts of waves, of two columns in one. O(k count).

    Column a of samples is of the waves ``values[j] * turns[j]**a``; the columns 2c and 2c + 1 are
    the real and the imaginary part of column c of what the rows of `out` transform to.
    """
    for j in range(folded.size):
        value, row = values[j], folded[j]
        mirrored = out.shape[0] - row if row else row
        for column in range(out.shape[1]):
            other = value * turns[j]
            out[row, column] += complex(value.real - other.imag, value.imag + other.real)
            out[mirrored, column] += complex(value.real + other.imag, other.real - value.imag)
            value = other * turns[j]


def add_waves(
    folded: NDArray[np.int64],
    values: NDArray[np.complex128],
    turns: NDArray[np.complex128],
    out: NDArray[np.complex128],
    is_real: bool,
) -> None:
    """Add the spectra of the columns of samples that waves are laid out in, row by row.

    Parameters
    ----------
    folded : ndarray of int64, shape (k,)
        Frequencies along a column, which has m samples.
    values : ndarray of complex128, shape (k,)
        Of the waves at their first sample.
    turns : ndarray of complex128, shape (k,)
        What each is multiplied by from one sample to the next.
    out : ndarray of complex128, shape (m, count)
        Sums of exponentials with the coefficients in a column are samples there.
    is_real : bool
        Two columns of real parts of samples are taken as one of complex samples.

    Notes
    -----
    O(k count).
    """
    (_add_real_waves if is_real else _add_waves)(folded, values, turns, out)


def fourier_elements(
    n: int, positions: NDArray[Any], indices: NDArray[Any], sign: int
) -> NDArray[np.complex128]:
    """Evaluate ``exp(sign * 2j * pi * p * k / n) / sqrt(n)`` for positions p and indices k.

    Parameters
    ----------
    n : int
        Length of the axis, 1 <= n < 2**63.
    positions, indices : ndarray of int, shape (m,) and (k,), in [0, n)
    sign : {1, -1}

    Returns
    -------
    ndarray of complex128, shape (m, k)

    Notes
    -----
    O(m · k); each element is within 2 ulp.

    Examples
    --------
    >>> fourier_elements(2**40, np.array([1]), np.array([2**38]), 1).imag * 2**20
    array([[1.]])
    """
    out = np.empty((positions.size, indices.size), np.complex128)
    positions = positions.astype(np.int64, "C", copy=False)
    indices = indices.astype(np.int64, "C", copy=False)
    _fourier(n, positions, indices, float(sign), n**-0.5, out)
    return out


def cosine_elements(n: int, positions: NDArray[Any], indices: NDArray[Any]) -> NDArray[np.float64]:
    """Evaluate the orthonormal DCT-II basis: ``c_k cos(pi (2p + 1) k / 2n)``.

    ``c_0 = sqrt(1 / n)`` and ``c_k = sqrt(2 / n)`` otherwise. Parameters, shapes and cost are
    those of `fourier_elements`.
    """
    out = np.empty((positions.size, indices.size), np.float64)
    positions = positions.astype(np.int64, "C", copy=False)
    indices = indices.astype(np.int64, "C", copy=False)
    _cosine(n, positions, indices, out)
    return out
