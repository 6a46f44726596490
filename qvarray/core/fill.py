"""The fill value as one more element: appended, computed with, and split off again.

What is computed from the active elements is computed from the fill value by the same call, so that
both are rounded alike and NumPy warns once; and only where some position is inactive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .error_bound import ErrorBound
from .spectrum import Spectrum, compact
from .values import Array, Scalar, zero_of


def common_fill(values: Array) -> Scalar | None:
    """Return the one fill value that values of inactive positions stand for, or None. O(m).

    Zeros of both signs stand for +0.0, and all NaNs are one. This is the only place that decides
    so: the sign of a zero costs no sparsity.

    `values`: at least one. The real and the imaginary parts of complex ones are looked at each.

    Returns
    -------
    NumPy scalar of the same dtype, or None

    Examples
    --------
    >>> common_fill(np.array([-0.0, 0.0])), common_fill(np.array([-0.0, -0.0]))
    (np.float64(0.0), np.float64(-0.0))
    >>> common_fill(np.array([0.0, 1.0])) is None
    True
    """
    if values.dtype.kind == "c":
        real, imag = common_fill(values.real), common_fill(values.imag)
        if real is None or imag is None:
            return None
        both = np.empty(1, values.dtype)
        both.real, both.imag = real, imag
        pair: Scalar = both[0]
        return pair
    fill: Scalar = values.flat[0]
    if fill != fill:
        return fill if np.isnan(values).all() else None
    if np.count_nonzero(values != fill):
        return None
    if values.dtype.kind == "f" and fill == 0:
        minus = np.count_nonzero(np.signbit(values))
        return fill if minus == values.size else zero_of(values.dtype)
    return fill


def fills_alike(*fills: Scalar) -> Scalar | None:
    """Return the `common_fill` of some scalars of one dtype, or None."""
    scalars: Sequence[Any] = fills
    bits = scalars[0].tobytes()
    if all(fill.tobytes() == bits for fill in scalars):
        return fills[0]
    return common_fill(np.array(fills))


def lost_signs(result: Spectrum, fills: Sequence[Scalar]) -> bool:
    """Tell whether zeros of both signs were made one on the way to an array that stores all.

    For what is made in several steps: a step may be sparse, and the last one dense.
    """
    if result.active_indices is not None or result.dtype.kind not in "fc":
        return False
    values = np.array(fills, dtype=result.dtype)
    parts = (values.real, values.imag) if result.dtype.kind == "c" else (values,)
    return any(np.unique(np.signbit(part[part == 0])).size > 1 for part in parts)


def append_fill(x: Spectrum) -> tuple[Array, bool]:
    """Return the eigenvalues, with the fill value behind them if any position is inactive. O(k).

    Returns
    -------
    values : ndarray, shape (k + has_fill,)
        Not to be written to.
    has_fill : bool
        Whether the fill value is the last of them.
    """
    values = x.eigenvalues
    size = values.size
    if x.active_indices is None or size == x.space:
        return values, False
    out = np.empty(size + 1, values.dtype)
    out[:size] = values
    out[size] = x.fill_value
    return out, True


def split_fill(values: Array, has_fill: bool) -> tuple[Array, Any]:
    """Undo `append_fill`: the values, and the fill value; 0 where there is none."""
    if has_fill:
        return values[:-1], values[-1]
    return values, zero_of(values.dtype)


def map_elements(
    function: Callable[[Array], Array], x: Spectrum, error: ErrorBound | None = None
) -> Spectrum:
    """Apply a function of single elements to an array in the standard basis. O(k).

    `function`: takes and returns a 1-D array; called once. `error`: of the result.
    """
    values, has_fill = append_fill(x)
    values, fill = split_fill(function(values), has_fill)
    if x.active_indices is None:
        return Spectrum(x.shape, values.dtype, x.bases, values, None, fill, error=error)
    return compact(x.shape, values.dtype, x.bases, values, x.active_indices, fill, error=error)
