"""Functions of single elements that are no ufuncs, answered as if they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.source import Source
from ..ops.basis_change import sparse
from ..ops.broadcast import broadcast_shape
from ..sources.element_functions import ElementwiseCall
from ..sources.expression import Expression
from .computed_operands import kept_sparse
from .elementwise import of_standard
from .operands import kept, operand, proxy, unrepeated


def apply_elementwise(
    function: Callable[..., Any],
    arrays: Sequence[Any],
    kwargs: dict[str, Any] | None = None,
) -> Source:
    """Return a function of single elements, of arrays that broadcast against each other.

    Where all arrays are in the standard basis, that is a spectrum, or one that repeats: the
    function is called once, with the values at the union of the active indices, the fill values
    behind them. It is a spectrum as well where sparse arrays settle what all other positions have.
    Else it is an expression, which is evaluated page by page. O(k log k), and O(1) for an
    expression. Raises TypeError where elements are not of a kind that can be stored; ValueError
    where the shapes do not broadcast.

    Parameters
    ----------
    function : callable
        As for `ElementwiseCall`.
    arrays : sequence
        VirtualQArrays, array-likes and scalars; scalars reach the function as they are. At least
        one array has an axis.
    kwargs : dict, optional
        What else the function is called with.
    """
    kwargs = kwargs or {}
    operands = [operand(array) for array in arrays]
    if any(operand is None for operand in operands):
        raise TypeError("elements must be numbers, bool or dates")
    call: Any = ElementwiseCall(function)
    sources = [operand for operand in operands if isinstance(operand, Source)]
    shape = broadcast_shape([source.shape for source in sources])
    operands = [unrepeated(operand) for operand in operands]
    sources = [operand for operand in operands if isinstance(operand, Source)]
    if all(source.is_standard for source in sources):
        result = of_standard(call, operands, shape, kwargs, (None,), True)
        return result if isinstance(result, Source) else sparse(np.asarray(result))
    dtype = call(*(proxy(operand) for operand in operands), **kwargs).dtype
    held = tuple(kept(operand, given) for operand, given in zip(operands, arrays, strict=True))
    return kept_sparse(Expression(call, held, shape, dtype, kwargs))
