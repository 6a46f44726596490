"""``ufunc.reduce`` of all elements of an array that takes few values: of their powers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..core.associative import ASSOCIATIVE, IDEMPOTENT
from ..core.source import Source
from ..core.values import Array
from ..sources.few_values import FewValues, as_intp, few_values
from ..sources.plan import Plan
from .powers import accumulator, has_power, powers


def reduce_few(ufunc: np.ufunc, node: Source, dtype: DTypeLike | None = None) -> Any:
    """Combine all elements of an array that takes few values. O(m k) for m of them.

    Returns None for others, and where the order of the elements matters: of products of sizes on
    both sides of 1, unless these have overflowed or vanished on the first page; of infinities.

    Raises OverflowError for a sum of more elements than integers can count.
    """
    if ufunc not in ASSOCIATIVE:
        return None
    kind = np.asarray(ufunc.reduce(np.ones(1, node.dtype), dtype=dtype)).dtype
    few = few_values(node) if has_power(ufunc, node.dtype, kind) else None
    if few is None:
        return None
    each = ufunc.reduce(few.values[None], axis=0, dtype=dtype)
    if ufunc is np.multiply and not _is_steady(each):
        return _product(node, few, each)
    if ufunc in IDEMPOTENT:
        return ufunc.reduce(each)
    if ufunc is np.add and each.dtype.kind in "iu" and few.counts.dtype == object:
        return as_intp(np.array([np.dot(each.astype(object), few.counts)]))[0].astype(kind)
    each = each.astype(accumulator(ufunc, kind), copy=False)
    with np.errstate(all="ignore"):
        total = ufunc.reduce(powers(ufunc, each, few.counts))
    if ufunc is np.add and kind.kind in "fc" and not np.isfinite(total):
        return None
    return total.astype(kind)


def _is_steady(values: Array) -> bool:
    """Tell whether products of values do not depend on what they are multiplied by first."""
    if values.dtype.kind not in "fc":
        return True
    sizes = np.abs(values)
    is_steady = (sizes <= 1).all() or ((sizes >= 1) & (sizes < np.inf)).all()
    return values.dtype.kind == "f" and bool(is_steady)


def _product(node: Source, few: FewValues, values: Array) -> Any:
    """Return the product of floats that is settled when the first page is; else None."""
    if values.dtype.kind != "f" or not np.isfinite(values).all():
        return None
    page = Plan(node).page(node.pages()[0])
    begun = np.abs(np.multiply.reduce(page, axis=None, dtype=values.dtype))
    if 0 < begun < np.inf:
        return None
    if not values.all() and begun:
        return values.dtype.type(np.nan)
    is_odd = sum(few.counts[np.signbit(values)].tolist()) % 2
    return -begun if is_odd else begun
