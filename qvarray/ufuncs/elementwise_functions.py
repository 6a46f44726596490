"""Functions of single elements that are no ufuncs, answered as if they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, differs_from
from ..ops.basis_change import sparse, to_dense
from ..sources.expression import Expression
from .elementwise import aligned_all, of_standard
from .operands import broadcast_shape, operand, proxy

__all__ = ["ElementwiseCall", "Masked", "apply_elementwise"]


# Operands that broadcast are looked at whole up to so many elements, to see whether the result has
# one fill value all over.
_LOOK_AT = 1 << 20


class ElementwiseCall:
    """A function of single elements with as much of the face of a ufunc as expressions use.

    Parameters
    ----------
    function : callable
        Takes arrays and scalars that broadcast against each other, and returns what it makes of
        each element, whatever its neighbours are.
    """

    nout = 1

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = getattr(function, "__name__", "function").lstrip("_")

    def __call__(self, *operands: Any, out: Array | None = None, **kwargs: Any) -> Array:
        result = np.asarray(self.function(*operands, **kwargs))
        if out is None:
            return result
        np.copyto(out, result)
        return out


class Masked:
    """A ufunc that computes where a mask is true, and elsewhere keeps what is there."""

    def __init__(self, ufunc: np.ufunc, kwargs: dict[str, Any]) -> None:
        self.ufunc = ufunc
        self.kwargs = kwargs
        self.__name__ = ufunc.__name__

    def __call__(self, mask: Any, before: Any, *operands: Any) -> Array:
        shape = np.broadcast_shapes(*(np.shape(one) for one in (mask, before, *operands)))
        out = np.array(np.broadcast_to(before, shape))
        self.ufunc(*operands, out=out, where=mask, **self.kwargs)
        return out


def _kept(one: Any, given: Any) -> Any:
    """An operand that an expression may hold on to: a copy of what the caller may change."""
    return sparse(given.copy()) if isinstance(given, np.ndarray) and given.ndim else one


def _with_small(
    call: Any, operands: list[Any], shape: tuple[int, ...], kwargs: dict[str, Any]
) -> Spectrum | None:
    """Sparse arrays with smaller ones that broadcast to them, if the fill stays one value.

    The small ones are needed at the active positions only: O(k + their sizes).
    """
    sources = [one for one in operands if isinstance(one, Spectrum)]
    full = [one for one in sources if one.shape == shape]
    small = [one for one in sources if one.shape != shape]
    if not full or not small or any(one.active_indices is None for one in full):
        return None
    near = broadcast_shape([one.shape for one in small])
    if not 1 < prod(near) <= min(_LOOK_AT, prod(shape) // 2):
        return None
    indices, values, has_fill = aligned_all(full)
    if indices is None or not has_fill:
        return None
    k, m = indices.size, prod(near)
    along = np.unravel_index(indices, shape) if k else (indices,) * len(shape)

    def spread(one: Spectrum) -> Array:
        dense = to_dense(one)
        at = along[len(shape) - dense.ndim :]
        where = tuple(p if n > 1 else 0 for p, n in zip(at, dense.shape, strict=True))
        here = np.broadcast_to(dense[where], (k,))
        return np.concatenate((here, np.broadcast_to(dense, near).ravel()))

    aligned = iter(values)
    given = []
    for one in operands:
        if not isinstance(one, Spectrum):
            given.append(one)
        elif one.shape == shape:
            each = next(aligned)
            given.append(np.concatenate((each[:-1], np.repeat(each[-1:], m))))
        else:
            given.append(spread(one))
    with np.errstate(all="ignore"):
        fills = call(
            *(one[k:] if isinstance(one, np.ndarray) and one.ndim else one for one in given),
            **kwargs,
        )
    if differs_from(fills, fills[0]).any():
        return None
    # Once more with all of them, so that NumPy warns of each as it would.
    out = call(*given, **kwargs)
    error = None if all(one.error is None for one in sources) else ErrorBound.unknown()
    return compact(shape, out.dtype, full[0].bases, out[:k], indices, out[k], error=error)


def apply_elementwise(
    function: Callable[..., Any],
    arrays: Sequence[Any],
    kwargs: dict[str, Any] | None = None,
) -> Spectrum | Expression:
    """A function of single elements, of arrays that broadcast against each other.

    Parameters
    ----------
    function : callable
        As for `ElementwiseCall`.
    arrays : sequence
        VirtualQArrays, array-likes and scalars; scalars reach the function as they are. At least
        one array has an axis.
    kwargs : dict, optional
        What else the function is called with.

    Returns
    -------
    Spectrum or Expression
        A spectrum where all arrays are in the standard basis: the function is then called once,
        with the values at the union of the active indices, the fill values behind them. Else an
        expression, that is evaluated page by page.

    Raises
    ------
    TypeError
        Where elements are neither numbers nor bool.
    ValueError
        Where the shapes do not broadcast.

    Notes
    -----
    O(k log k) in the standard basis, and O(1) for an expression.
    """
    kwargs = kwargs or {}
    operands = [operand(one) for one in arrays]
    if any(one is None for one in operands):
        raise TypeError("elements must be numbers or bool")
    call: Any = ElementwiseCall(function)
    sources = [one for one in operands if isinstance(one, Source)]
    shape = broadcast_shape([one.shape for one in sources])
    if all(one.is_standard for one in sources):
        closed = _with_small(call, operands, shape, kwargs)
        if closed is not None:
            return closed
        result = of_standard(call, operands, shape, kwargs, (None,), True)
        return result if isinstance(result, Spectrum) else sparse(np.asarray(result))
    dtype = call(*(proxy(one) for one in operands), **kwargs).dtype
    held = tuple(_kept(one, given) for one, given in zip(operands, arrays, strict=True))
    return Expression(call, held, shape, dtype, kwargs)
