"""The rule of every ufunc: which tier answers a call, and what becomes of ``out=``."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from ..array.densify import call_dense
from ..array.foreign import NUMBERS
from ..array.inheritance import inherited
from ..array.virtual_array import VirtualQArray
from ..array.writable import exclusively
from ..core.error_bound import ErrorBound
from ..core.rules import Tier, ufunc_rule
from ..core.source import Source, implements
from ..core.spectrum import Spectrum, constant
from ..core.values import ELEMENT_KINDS, shape_text, zero_of
from ..ops.basis_change import sparse
from ..ops.broadcast import broadcast_shape
from ..sources.element_functions import Masked
from ..sources.expression import Expression
from ..sources.packed_squares import Products
from . import elementwise, linear, methods
from .computed_operands import kept_sparse
from .elementwise_functions import apply_elementwise
from .in_place import write_over
from .operands import asked, kept, operand, proxy, require_outputs, strangers, unrepeated

_is_standard = attrgetter("is_standard")
_ARRAYS = {VirtualQArray, np.ndarray}


@ufunc_rule(Tier.CLOSED, [None])
def answer(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer any ufunc, any method, any operands.

    Closed in the standard basis, and where it is linear; an expression for other calls; dense,
    within the memory budget, for what is left.
    """
    if not kwargs and method == "__call__" and ufunc.signature is None:
        result = _quick(ufunc, inputs)
        if result is not None:
            return VirtualQArray(result) if type(result) is Spectrum else _wrapped(result)
    if "out" in kwargs:
        require_outputs(kwargs["out"])
    if type(kwargs.get("where")) in (list, tuple):
        # Numbers in a list may say where, those in an array may not.
        kwargs = {**kwargs, "where": np.asarray(kwargs["where"], bool)}
    if method == "__call__":
        result = _call(ufunc, inputs, kwargs)
    else:
        result = _wrapped(methods.answer(ufunc, method, inputs, kwargs))
    return inherited((ufunc, method), result, inputs, kwargs) if ErrorBound.are_some else result


@implements(Products)
def express(self: Products) -> Source:
    """Return what the ufunc makes of packed factors, once somebody asks for more than their sum."""
    if self.expressed is None:
        inputs = tuple(VirtualQArray(x) for x in self.factors)
        result = _answered(self.ufunc, inputs, (None,), True, {})
        self.expressed = inherited((self.ufunc, "__call__"), result, inputs, {}).source
    return self.expressed


def _quick(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
    """Return the commonest calls, without the questions that others need; None for all others."""
    a: Any
    b: Any
    position = 0
    if len(inputs) == 2:
        x, y = inputs
        if type(x) is VirtualQArray is type(y):
            a, b = x.source, y.source
            if not (a.is_standard and b.is_standard):
                return None
            if a.shape == b.shape:
                return elementwise.of_two(ufunc, a, b)
            return _broadcast(ufunc, inputs)
        if type(x) in NUMBERS:
            position = 1
        elif type(y) not in NUMBERS:
            return _broadcast(ufunc, inputs) if {type(x), type(y)} == _ARRAYS else None
    elif len(inputs) > 2:
        others = [i for i, x in enumerate(inputs) if type(x) not in NUMBERS]
        if len(others) > 1:
            return None
        position = others[0]
    a = inputs[position].source
    if a.is_standard:
        return elementwise.of_one(ufunc, a, inputs, position)
    return a.combined(ufunc, [*inputs[:position], a, *inputs[position + 1 :]])


def _broadcast(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
    """Return a ufunc of two arrays in the standard basis whose shapes differ; None for others."""
    virtual = inputs[0] if type(inputs[0]) is VirtualQArray else inputs[1]
    if not virtual.source.is_standard:
        return None
    a, b = map(operand, inputs)
    if not (isinstance(a, Source) and isinstance(b, Source) and a.is_standard and b.is_standard):
        return None
    try:
        shape = broadcast_shape([a.shape, b.shape])
    except ValueError:
        return None
    return elementwise.of_standard(ufunc, [a, b], shape, {}, (None,) * ufunc.nout, True)


def _wrapped(result: Any) -> Any:
    if isinstance(result, Source):
        return VirtualQArray(result)
    if isinstance(result, tuple):
        return tuple(_wrapped(part) for part in result)
    return result


def _combined(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Source | None:
    """Return what an operand makes of all, as what it is; None where none knows that."""
    sources = [x.source if isinstance(x, VirtualQArray) else x for x in inputs]
    for source in sources:
        known = source.combined(ufunc, sources) if isinstance(source, Source) else None
        if known is not None:
            return known
    return None


def _call(ufunc: np.ufunc, inputs: tuple[Any, ...], passed: dict[str, Any]) -> Any:
    kwargs = dict(passed)
    given = kwargs.pop("out", None)
    outs = given if isinstance(given, tuple) else (given,) * (given is not None)
    where = kwargs.pop("where", True)
    strange = strangers(*inputs, *outs, where)
    if strange:
        theirs = asked(strange, ufunc, "__call__", inputs, passed)
        return _dense(ufunc, inputs, outs, where, kwargs) if theirs is NotImplemented else theirs
    if not kwargs and where is True and all(isinstance(out, VirtualQArray) for out in outs):
        known = _combined(ufunc, inputs)
        if known is not None and not outs:
            return VirtualQArray(known)
        if known is not None and (known.shape, known.dtype) == (outs[0].shape, outs[0].dtype):
            return _delivered(known, outs)
    if not outs:
        outs = (None,) * ufunc.nout
    if where is True:
        return _answered(ufunc, inputs, outs, where, kwargs)
    # Where the mask is false, the outputs are other threads' to write to.
    call = partial(_answered, ufunc, inputs, outs, where, kwargs)
    return exclusively((*inputs, *outs, where), call)


def _answered(
    ufunc: np.ufunc, inputs: tuple[Any, ...], outs: tuple[Any, ...], where: Any, kwargs: Any
) -> Any:
    """Return results that have been written to the outputs that are given."""
    if ufunc.signature is not None or any(isinstance(out, np.ndarray) for out in outs):
        return _dense(ufunc, inputs, outs, where, kwargs)
    if len(outs) == 1 and where is True and not kwargs and write_over(ufunc, inputs, outs[0]):
        return outs[0]
    operands = [operand(x) for x in inputs]
    mask = True if where is True else operand(where)
    if mask is None or len(operands) != ufunc.nin or any(map(_is_unknown, operands)):
        return _dense(ufunc, inputs, outs, where, kwargs)
    kwargs.pop("subok", None)
    kwargs.pop("order", None)
    results = _computed(ufunc, inputs, operands, mask, outs, kwargs)
    if results is None:
        return _dense(ufunc, inputs, outs, where, kwargs)
    # An output is written in place where nothing else holds its elements.
    del operands, mask
    return _delivered(results, outs)


def _is_unknown(operand: object) -> bool:
    return operand is None


def _computed(
    ufunc: np.ufunc, inputs: Any, operands: list[Any], mask: Any, outs: Any, kwargs: Any
) -> Any:
    """Spectra, expressions or scalars for the outputs; None where only a dense call will do."""
    sources = [operand for operand in operands if isinstance(operand, Source)]
    masks = [mask] if isinstance(mask, Source) else []
    try:
        shape = broadcast_shape([source.shape for source in (*sources, *masks)])
    except ValueError:
        # What is wrong with the dtypes comes first.
        ufunc(*(np.empty(0, x.dtype) if isinstance(x, Source) else x for x in operands), **kwargs)
        raise
    for out in outs:
        if out is None:
            continue
        if broadcast_shape([shape, out.shape]) != out.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {shape_text(out.shape)} doesn't "
                f"match the broadcast shape {shape_text(shape)}"
            )
        shape = out.shape
    are_standard = all(map(_is_standard, (*sources, *masks)))
    if not are_standard:
        operands, mask = [unrepeated(operand) for operand in operands], unrepeated(mask)
        sources = [operand for operand in (*operands, mask) if isinstance(operand, Source)]
        are_standard = all(map(_is_standard, sources))
    if not are_standard:
        if mask is not True:
            return _masked(ufunc, inputs, mask, outs, kwargs)
        operands = [
            _in_shape(kept(operand, given), shape)
            for operand, given in zip(operands, inputs, strict=True)
        ]
        return _in_any_basis(ufunc, operands, shape, outs, kwargs)
    if mask is True:
        # Of an output that is written all over, only the dtype matters.
        present = [
            None if out is None else constant(zero_of(out.dtype), shape, out.dtype) for out in outs
        ]
        return elementwise.of_standard(ufunc, operands, shape, kwargs, present, mask)
    if any(out is None for out in outs):
        return None  # NumPy leaves memory as it finds it there
    if not isinstance(mask, Source):
        mask = constant(np.asarray(mask), shape)
    before = [out.spectrum for out in outs]
    if not all(spectrum.is_standard for spectrum in before):
        return None
    return elementwise.of_standard(ufunc, operands, shape, kwargs, before, mask)


def _masked(
    ufunc: np.ufunc,
    inputs: tuple[Any, ...],
    mask: Any,
    outs: Any,
    kwargs: dict[str, Any],
) -> Any:
    """Return what a single output is after a ufunc with a mask: an expression."""
    out = outs[0]
    if out is None or len(outs) > 1:
        return None
    where = VirtualQArray(mask) if isinstance(mask, Source) else mask
    result = apply_elementwise(Masked(ufunc, kwargs), (where, out, *inputs))
    return result if (result.shape, result.dtype) == (out.shape, out.dtype) else None


def _in_shape(operand: Any, shape: tuple[int, ...]) -> Any:
    """Return an operand as it is combined with one that is not standard, of the result's shape.

    What is one number everywhere is that number. Axes of length 1 in front are put there.
    """
    if not isinstance(operand, Source) or not operand.shape:
        return operand
    if isinstance(operand, Spectrum) and operand.is_standard and operand.error is None:
        if operand.size == 1 and operand.shape != shape:
            return operand.dense().reshape(-1)[0]
        if operand.active_indices is not None and not operand.nactive:
            return operand.fill_value
    ahead = len(shape) - len(operand.shape)
    if ahead and shape == (1,) * ahead + operand.shape:
        return VirtualQArray(operand)[(None,) * ahead].source
    return operand


def _in_any_basis(
    ufunc: np.ufunc,
    operands: list[Any],
    shape: tuple[int, ...],
    outs: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Compute on the coefficients where the ufunc is linear, else make an expression."""
    stand_ins = tuple(proxy(operand) for operand in operands)
    if any(out is not None for out in outs):
        # NumPy refuses outputs that cannot hold the results.
        made = tuple(None if out is None else np.empty((0,), out.dtype) for out in outs)
        ufunc(*stand_ins, out=made, **kwargs)
    out: Any = linear.apply(ufunc, operands, shape) if not kwargs else None
    if out is None:
        empties = ufunc(*stand_ins, **kwargs)
        kinds = empties if isinstance(empties, tuple) else (empties,)
        if any(kind.dtype.kind not in ELEMENT_KINDS for kind in kinds):
            return None
        nodes = tuple(
            kept_sparse(Expression(ufunc, tuple(operands), shape, kind.dtype, kwargs, which))
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


def _delivered(results: Any, outs: tuple[Any, ...]) -> Any:
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


def _dense(
    ufunc: np.ufunc,
    inputs: tuple[Any, ...],
    outs: tuple[Any, ...],
    where: Any,
    kwargs: dict[str, Any],
) -> Any:
    """Materialise the operands, and the outputs that are virtual, and call NumPy."""
    if any(out is not None for out in outs):
        kwargs = {**kwargs, "out": tuple(outs)}
    if where is not True:
        kwargs = {**kwargs, "where": where}
    return call_dense(ufunc, inputs, kwargs)
