"""The rule of every ufunc: which tier answers a call, and what becomes of ``out=``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array.densify import call_dense, is_lossy
from ..array.virtual_array import VirtualQArray
from ..core.error_bound import ErrorBound
from ..core.rules import Tier, ufunc_rule
from ..core.source import Source
from ..core.spectrum import constant
from ..ops.basis_change import sparse, to_dense
from ..sources.expression import Expression
from . import elementwise, linear, methods
from .elementwise_functions import Masked, apply_elementwise
from .operands import SCALARS, broadcast_shape, is_foreign, operand, proxy

__all__ = ["answer"]


@ufunc_rule(Tier.CLOSED, [None])
def answer(ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
    """Any ufunc, any method, any operands.

    Closed in the standard basis, and where it is linear; an expression for other calls; dense,
    within the memory budget, for what is left.
    """
    if method == "__call__":
        if not kwargs and ufunc.signature is None:
            result = _quick(ufunc, inputs)
            if result is not None:
                return _wrapped(result)
        return _call(ufunc, inputs, kwargs)
    out = methods.answer(ufunc, method, inputs, kwargs)
    return _wrapped(out)


def _quick(ufunc: np.ufunc, inputs: Any) -> Any:
    """The commonest calls, without the questions that others need; None for all others."""
    sources: list[Any] = [one.source if type(one) is VirtualQArray else None for one in inputs]
    a = sources[0]
    if len(sources) == 1:
        at = 0
    elif len(sources) != 2:
        return None
    elif a is None:
        at, a = 1, sources[1]
        if not isinstance(inputs[0], SCALARS):
            return None
    elif sources[1] is None:
        at = 0
        if not isinstance(inputs[1], SCALARS):
            return None
    else:
        b = sources[1]
        if not (a.is_standard and b.is_standard):
            return None
        return elementwise.of_two(ufunc, a, b) if a.shape == b.shape else None
    if a.is_standard:
        return elementwise.of_one(ufunc, a, inputs, at)
    return a.combined(ufunc, [*inputs[:at], a, *inputs[at + 1 :]])


def _wrapped(result: Any) -> Any:
    if isinstance(result, Source):
        return VirtualQArray(result)
    if isinstance(result, tuple):
        return tuple(_wrapped(one) for one in result)
    return result


def _call(ufunc: np.ufunc, inputs: Any, kwargs: Any) -> Any:
    kwargs = dict(kwargs)
    given = kwargs.pop("out", None)
    outs = given if isinstance(given, tuple) else (given,) * (given is not None)
    where = kwargs.pop("where", True)
    if any(is_foreign(one) for one in (*inputs, *outs, where)):
        return NotImplemented
    if not (outs or kwargs) and where is True:
        sources = [one.source if isinstance(one, VirtualQArray) else one for one in inputs]
        for source in sources:
            known = source.combined(ufunc, sources) if isinstance(source, Source) else None
            if known is not None:
                return VirtualQArray(known)
    if not outs:
        outs = (None,) * ufunc.nout
    if ufunc.signature is not None or any(isinstance(one, np.ndarray) for one in outs):
        return _dense(ufunc, inputs, outs, where, kwargs)
    operands = [operand(one) for one in inputs]
    mask = True if where is True else operand(where)
    if any(one is None for one in (*operands, mask)) or len(operands) != ufunc.nin:
        return _dense(ufunc, inputs, outs, where, kwargs)
    kwargs.pop("subok", None)
    kwargs.pop("order", None)
    results = _computed(ufunc, inputs, operands, mask, outs, kwargs)
    if results is None:
        return _dense(ufunc, inputs, outs, where, kwargs)
    return _delivered(results, outs)


def _computed(
    ufunc: np.ufunc, inputs: Any, operands: list[Any], mask: Any, outs: Any, kwargs: Any
) -> Any:
    """Spectra, expressions or scalars for the outputs; None where only a dense call will do."""
    sources = [one for one in operands if isinstance(one, Source)]
    masks = [mask] if isinstance(mask, Source) else []
    shape = broadcast_shape([one.shape for one in (*sources, *masks)])
    for one in outs:
        if one is None:
            continue
        if broadcast_shape([shape, one.shape]) != one.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {one.shape} doesn't match the "
                f"broadcast shape {shape}"
            )
        shape = one.shape
    if not all(one.is_standard for one in (*sources, *masks)):
        if mask is not True:
            return _masked(ufunc, inputs, mask, outs, kwargs)
        operands = [_kept(one, given) for one, given in zip(operands, inputs, strict=True)]
        return _in_any_basis(ufunc, operands, shape, outs, kwargs)
    if mask is True:
        # Of an output that is written all over, only the dtype matters.
        present = [None if one is None else constant(one.dtype.type(0), shape) for one in outs]
        return elementwise.of_standard(ufunc, operands, shape, kwargs, present, mask)
    if any(one is None for one in outs):
        return None  # NumPy leaves memory as it finds it there
    if not isinstance(mask, Source):
        mask = constant(np.asarray(mask), shape)
    before = [one.spectrum for one in outs]
    if not all(one.is_standard for one in before):
        return None
    return elementwise.of_standard(ufunc, operands, shape, kwargs, before, mask)


def _masked(ufunc: np.ufunc, inputs: Any, mask: Any, outs: Any, kwargs: Any) -> Any:
    """What a single output is after a ufunc with a mask: an expression."""
    out = outs[0]
    if out is None or len(outs) > 1:
        return None
    where = VirtualQArray(mask) if isinstance(mask, Source) else mask
    result = apply_elementwise(Masked(ufunc, kwargs), (where, out, *inputs))
    return result if (result.shape, result.dtype) == (out.shape, out.dtype) else None


def _in_any_basis(
    ufunc: np.ufunc, operands: list[Any], shape: tuple[int, ...], outs: Any, kwargs: Any
) -> Any:
    """Closed on the coefficients where the ufunc is linear, else an expression."""
    stand_ins = tuple(proxy(one) for one in operands)
    if any(one is not None for one in outs):
        # NumPy finds fault with outputs that cannot hold the results.
        made = tuple(None if one is None else np.empty((0,), one.dtype) for one in outs)
        ufunc(*stand_ins, out=made, **kwargs)
    out: Any = linear.apply(ufunc, operands, shape) if not kwargs else None
    if out is None:
        empties = ufunc(*stand_ins, **kwargs)
        kinds = empties if isinstance(empties, tuple) else (empties,)
        if any(one.dtype.kind not in "biufc" for one in kinds):
            return None
        nodes = tuple(
            Expression(ufunc, tuple(operands), shape, kind.dtype, kwargs, which)
            for which, kind in enumerate(kinds)
        )
        out = nodes if len(nodes) > 1 else nodes[0]
    results = out if isinstance(out, tuple) else (out,)
    cast = tuple(
        result
        if old is None
        else linear.for_output(result, old.dtype, kwargs.get("casting", "same_kind"))
        for result, old in zip(results, outs, strict=True)
    )
    return cast if len(cast) > 1 else cast[0]


def _kept(one: Any, given: Any) -> Any:
    """An operand that an expression may hold on to: a copy of what the caller may change."""
    if isinstance(given, (VirtualQArray, np.generic)) or not isinstance(given, np.ndarray):
        return one
    return sparse(given) if given.ndim else given.copy()


def _delivered(results: Any, outs: Any) -> Any:
    """Results, written to the outputs that were given, and wrapped."""
    several = isinstance(results, tuple)
    wrapped = []
    for result, out in zip(results if several else (results,), outs, strict=True):
        if out is None:
            wrapped.append(_wrapped(result))
        else:
            out.replace_with(
                result if isinstance(result, Source) else sparse(np.asarray(result, out.dtype))
            )
            wrapped.append(out)
    return tuple(wrapped) if several else wrapped[0]


def _dense(ufunc: np.ufunc, inputs: Any, outs: Any, where: Any, kwargs: Any) -> Any:
    """Materialise the operands, and the outputs that are virtual, and call NumPy."""
    if any(one is not None for one in outs):
        arrays = tuple(
            to_dense(one.spectrum) if isinstance(one, VirtualQArray) else one for one in outs
        )
        kwargs = {**kwargs, "out": arrays}
    if where is not True:
        kwargs = {**kwargs, "where": where}
    result = call_dense(ufunc, inputs, kwargs)
    if not any(one is not None for one in outs):
        return result
    error = ErrorBound.unknown() if is_lossy((inputs, outs)) else None
    for out, array in zip(outs, arrays, strict=True):
        if isinstance(out, VirtualQArray):
            out.replace_with(sparse(array).replace(error=error))
    results = result if isinstance(result, tuple) else (result,)
    finals = tuple(out if out is not None else one for out, one in zip(outs, results, strict=True))
    return finals if len(finals) > 1 else finals[0]
