"""Encode dense samples as few eigenvalues at a tolerance: lossy compression with a bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, get_args

import numpy as np
from numpy.typing import ArrayLike

from ..array.foreign import converted
from ..array.masked import refuse_masked
from ..array.virtual_array import VirtualQArray
from ..bases import Basis, as_bases
from ..core.error_bound import ErrorBound
from ..core.values import Shape, number_dtype
from ..sources.packed import Packed
from ..sources.quantize import Kind
from . import few_coefficients, out_of_core
from .attempts import Attempt, Few, Piecewise, Storage, Whole
from .goals import Reference, goal, reached

# Elements up to which other bases are tried of arrays that store few coefficients, too.
_SMALL = 1 << 14


def encode(
    x: ArrayLike,
    basis: str | Basis | Sequence[str | Basis] = "auto",
    *,
    tol: float | None = None,
    relative_to: Reference = "norm",
    max_abs: float | None = None,
    max_bytes: int | str | None = None,
    ratio: float | None = None,
    max_active: SupportsIndex | None = None,
    storage: Storage | None = None,
) -> VirtualQArray:
    """Encode an array as few eigenvalues in an orthonormal basis.

    Parameters
    ----------
    x : array_like
        Numbers or bool, of any shape. What is over the memory budget, such as an
        ``np.memmap`` or any object with a shape, a dtype and slices, is read in pieces.
    basis : str or Basis, or a sequence of one for each axis
        ``"auto"`` takes for each axis the one that needs the fewest bytes, of ``standard``,
        ``haar``, ``walsh``, ``cosine``, ``fourier``, ``cosine`` on blocks, and, where PyWavelets is
        installed, the wavelets ``db2`` and ``sym8``.
    tol : float, optional
        The root-mean-square error that is allowed, relative to what `relative_to` says: a fraction
        of at most 1. None, where no other goal is given, means lossless, to rounding (and exactly
        in the standard basis).
    relative_to : {"norm", "std", "range"}
        To the root mean square of the elements, to their standard deviation, or to the difference
        of the largest and the smallest. Of a field of 300 K that varies by 1 K, 1e-3 of the norm
        is 0.3 K, of the standard deviation 0.001 K.
    max_abs : float, optional
        Instead of `tol`: no element is off by more, in the units of the array.
    max_bytes : int or str, optional
        Instead of `tol`: the smallest error that fits in that many bytes (``"1 MB"`` is taken).
    ratio : float, optional
        Instead of `tol`: the same, with the bytes of `x` divided by that.
    max_active : int, optional
        Keep at most that many eigenvalues, the largest.
    storage : {"float64", "float32", "float16", "int16", "int8"}, optional
        What eigenvalues are kept as, between computations. None takes what needs the fewest bytes
        within the tolerance, and keeps them in full where there is none, as ``"float64"`` does:
        then they have the precision of the array. In integers they are multiples of one step, in as
        many bits as each group of them needs, at most 8 or 16; the few that need more are kept
        aside. The tolerance includes what that rounds.

    Returns
    -------
    VirtualQArray
        Its ``recovery_error`` bounds its relative L2 error, rounding included, and is at most
        `tol` where that is relative to the norm. Its dtype is that of `x`, or float64 for integers
        outside of the standard basis or quantised.

    Raises
    ------
    ValueError
        For an unknown basis or storage, a length that a basis cannot have, a tolerance that is
        negative, NaN or over 1, more than one goal, a goal that cannot be met, integers as storage
        without one, elements that are not finite in a basis other than standard or with `storage`.
    TypeError
        For elements that are not numbers.
    MaterializationError
        Where a piece, rows of whole blocks, or the result is too large for the memory budget.

    Notes
    -----
    O(N log N). In bases on blocks, elements are transformed, rounded and packed block by block, so
    that nothing of the size of the array is allocated. The step is that of a sample; an error of
    0.96 of what is allowed is good enough, else it is chosen anew.

    ``"auto"`` looks at some blocks and lines of arrays of more than 16384 elements, and takes the
    bases in which integers have the least entropy there; it transforms the whole array only where
    a basis of a whole axis needs less on lines, and on blocks as long as may be. In full (without a
    tolerance or with ``storage="float64"``) it counts eigenvalues instead, and tries every
    combination for up to three axes longer than 1, so 5, 25 or 125 of them.

    `max_abs`, `max_bytes` and `ratio` guess a tolerance from a sample, and encode once or twice,
    mostly: until what is achieved is near what is allowed, 0.95 of a size and 0.9 of an error, or
    less where it was tried before. `max_abs` is verified by decoding.

    An array that is over the budget is read twice: for the bases, of which ``"auto"`` tries
    cosines on blocks of all axes, and the step; and for the coefficients. Nothing is returned
    where it cannot be read to its end.

    Of an array that stores few coefficients, one in 16 positions at most, those are encoded and
    no element is looked at: O(k). ``"auto"`` keeps its bases, in which what stays is exact, unless
    the array has at most 16384 elements and takes less in others; quantised are only those that
    were.

    By Parseval's theorem the error of dropping coefficients is the norm of those dropped, in
    any orthonormal basis, so the tolerance is met by what was dropped and not by an estimate.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> t = np.arange(4096) / 4096
    >>> x = qv.encode(np.cos(2 * np.pi * 5 * t) + 0.5 * np.sin(2 * np.pi * 40 * t))
    >>> x.nactive, str(x.bases[0])
    (4, 'fourier')
    >>> samples = np.cumsum(np.sin(t * t * 99)) + 300
    >>> y = qv.encode(samples, tol=1e-2, relative_to="std")
    >>> y.nbytes < y.virtual_nbytes / 16
    True
    >>> bool(np.std(samples - y) <= 1e-2 * np.std(samples))
    True
    >>> z = qv.encode(samples, max_abs=0.5)
    >>> bool(np.abs(samples - z).max() <= 0.5)
    True
    """
    x = converted(x)
    wanted = goal(tol, relative_to, max_abs, max_bytes, ratio, max_active)
    if storage is not None and storage not in get_args(Kind) and storage != "float64":
        kinds = ", ".join(("float64", *get_args(Kind)))
        raise ValueError(f"storage must be one of {kinds}, got {storage!r}")
    attempt = _attempt(x, basis, wanted.max_active, storage)
    found = reached(attempt, wanted)
    inherited = x.source.error if isinstance(x, VirtualQArray) else None
    if inherited is not None:
        found = found.replace(error=_widened(found.error, inherited))
    return VirtualQArray(found)


def _attempt(
    x: ArrayLike,
    basis: str | Basis | Sequence[str | Basis],
    max_active: int | None,
    storage: Storage | None,
) -> Attempt:
    """Return how an array is encoded: from few coefficients, its elements, or pieces of them."""
    if isinstance(x, VirtualQArray):
        number_dtype(x.dtype)
        kind = None if storage == "float64" else storage
        spectrum = few_coefficients.few(x.source, kind)
        if spectrum is not None:
            bases = _bases_given(basis, x.shape)
            other = None
            if bases is None and x.size <= _SMALL:
                # Quantised are only those that were.
                full = storage is None and not isinstance(x.source, Packed)
                other = _of_samples(x, basis, max_active, "float64" if full else storage)
            return Few(bases, max_active, storage, x, spectrum, other)
    return _of_samples(x, basis, max_active, storage)


def _of_samples(
    x: ArrayLike,
    basis: str | Basis | Sequence[str | Basis],
    max_active: int | None,
    storage: Storage | None,
) -> Attempt:
    """Return how an array is encoded from its elements, all at once or in pieces."""
    if out_of_core.is_piecewise(x):
        number_dtype(x.dtype)
        return Piecewise(_bases_given(basis, x.shape), max_active, storage, x)
    out_of_core.require_whole(x)
    refuse_masked(x)
    dense = np.asarray(x)
    dense = dense.astype(number_dtype(dense.dtype), copy=False)
    return Whole(_bases_given(basis, dense.shape), max_active, storage, dense)


def _bases_given(
    basis: str | Basis | Sequence[str | Basis], shape: Shape
) -> tuple[Basis, ...] | None:
    """Return the basis of every axis, each of a length that it can have; None for ``"auto"``."""
    if isinstance(basis, str) and basis == "auto":
        return None
    bases = as_bases(basis, len(shape))
    for along, n in zip(bases, shape, strict=True):
        along.check_length(n)
    return bases


def _widened(error: ErrorBound | None, inherited: ErrorBound) -> ErrorBound:
    """Return the bound of an encoding of what has a bound already."""
    absolute = inherited.absolute + (0.0 if error is None else error.absolute)
    return ErrorBound(absolute, inherited.reference)
