"""``numpy.linalg``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..spectrum import ErrorBound, Spectrum, compact
from ..transform import coefficient_dtype

__all__ = ["pinv"]


def _inverse_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What numpy.linalg computes in."""
    return np.linalg.pinv(np.ones((1, 1), dtype)).dtype


@function_rule(Tier.CLOSED, np.linalg.pinv)
def pinv(
    a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue
) -> VirtualQArray:
    """Moore-Penrose inverse of an operator: its eigenvalues, inverted. O(k); else dense."""
    spectrum = a.spectrum if isinstance(a, VirtualQArray) else None
    if spectrum is None or not spectrum.diagonal or not _is_plain(spectrum, rcond, rtol):
        kwargs = {} if rtol is np._NoValue else {"rtol": rtol}
        return call_dense(np.linalg.pinv, (a, rcond, hermitian), kwargs)
    n = spectrum.shape[0]
    dtype = _inverse_dtype(spectrum.dtype)
    if rcond is None:
        rcond = 1e-15 if rtol is np._NoValue else rtol
        if rcond is None:
            rcond = n * np.finfo(dtype).eps
    values = spectrum.eigenvalues.astype(coefficient_dtype(spectrum.bases, dtype))
    size = np.abs(values)
    # As NumPy: singular values up to rcond times the largest count as zero.
    large = size > float(rcond) * size.max(initial=0.0)
    inverse = np.divide(1, values, where=large, out=np.zeros_like(values))
    # How far the inverse of a perturbed operator moves has no bound of its own.
    error = None if spectrum.error is None else ErrorBound.unknown()
    return VirtualQArray(
        compact(
            spectrum.shape,
            dtype,
            spectrum.bases,
            inverse,
            spectrum.indices(),
            dtype.type(0),
            diagonal=True,
            error=error,
        )
    )


def _is_plain(spectrum: Spectrum, rcond: Any, rtol: Any) -> bool:
    scalars = np.ndim(rcond) == 0 and (rtol is np._NoValue or np.ndim(rtol) == 0)
    both = rcond is not None and rtol is not np._NoValue
    return scalars and not both and bool(np.isfinite(spectrum.eigenvalues).all())
