"""``ufunc.outer`` in the standard basis."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..bases import STANDARD
from ..core.budget import fits_budget
from ..core.fill import append_fill, common_fill
from ..core.spectrum import Spectrum, compact
from ..core.values import ELEMENT_KINDS, Array, differs_from, pays_sparse, require_size, zero_of


def _sparse(out: Array, a: Spectrum, b: Spectrum, fills: tuple[bool, bool]) -> Spectrum | None:
    """Return the result from that of the active elements, and of the fill values after them."""
    shape, bases = a.shape + b.shape, (STANDARD,) * (len(a.shape) + len(b.shape))
    if not any(fills) or not out.size:
        return Spectrum(shape, out.dtype, bases, out.ravel(), None, zero_of(out.dtype))
    inactive = np.concatenate([out[-1]] * fills[0] + [out[:, -1]] * fills[1])
    fill = common_fill(inactive)
    if fill is None:
        return None
    signs_differ = bool(differs_from(inactive, fill).any())
    if signs_differ and not pays_sparse(a.nactive * b.nactive, prod(shape), out.dtype):
        return None  # every position is stored, with the sign of its zero
    active = out[: a.nactive, : b.nactive]
    rows = a.indices().astype(np.int64) * b.size
    indices = (rows[:, None] + b.indices()[None, :]).ravel()
    return compact(shape, out.dtype, bases, active.ravel(), indices, fill)


def outer(ufunc: np.ufunc, a: Spectrum, b: Spectrum, **kwargs: Any) -> Any:
    """``ufunc.outer`` of two arrays in the standard basis.

    Parameters
    ----------
    ufunc : numpy.ufunc
    a, b : Spectrum
        In the standard basis, with any fill values.
    **kwargs
        As ``ufunc.outer``.

    Returns
    -------
    Spectrum, NumPy scalar, tuple of those, or None
        A tuple for a ufunc of several results. None where inactive elements do not all have one
        result (as they have for products of arrays with fill value 0), where they differ in the
        signs of zeros and every position would be stored, for the arguments `out`
        and `where`, and for what is over the memory budget.

    Raises
    ------
    TypeError, ValueError
        As ``ufunc.outer``.

    Notes
    -----
    O(ka kb), by one call of the ufunc on what is active and the fill values, so that warnings
    come once. Zeros of both signs at inactive positions are +0.0, as `common_fill` says.
    """
    if kwargs.get("out") is not None or kwargs.get("where", True) is not True:
        return None
    if not (a.is_standard and b.is_standard):
        return None
    require_size(a.shape + b.shape)
    (va, a_has_fill), (vb, b_has_fill) = append_fill(a), append_fill(b)
    # Results, what is kept of them, and their indices.
    if not fits_budget(va.size * vb.size * (32 + 8)):
        return None
    out: Any = ufunc.outer(va, vb, **kwargs)
    parts = out if isinstance(out, tuple) else (out,)
    if any(part.dtype.kind not in ELEMENT_KINDS for part in parts):
        return None
    if not a.shape + b.shape:
        scalars = tuple(part[0, 0] for part in parts)
        return scalars if isinstance(out, tuple) else scalars[0]
    arrays = tuple(_sparse(part, a, b, (a_has_fill, b_has_fill)) for part in parts)
    if any(array is None for array in arrays):
        return None
    return arrays if isinstance(out, tuple) else arrays[0]
