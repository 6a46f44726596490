"""The methods of ufuncs: reduce, accumulate, reduceat, outer, at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..array.densify import call_dense
from ..array.indexed import plain_key
from ..array.inheritance import is_lossy
from ..array.virtual_array import VirtualQArray
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Axis
from ..ops import sums
from ..ops.basis_change import sparse, to_dense
from ..sources import paged_reduce
from ..sources.permuted import Permuted
from . import accumulate, at, of_permuted, outer, parseval, reduce
from .elementwise_functions import apply_elementwise
from .operands import asked, operand, strangers
from .operator_lines import reduce_operator
from .reduce_few import reduce_few
from .reduce_repeated import reduce_repeated


def answer(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], passed: dict[str, Any]) -> Any:
    """``ufunc.method(*inputs, **passed)``: a Spectrum, an ndarray, a scalar, or an output."""
    if not isinstance(ufunc, np.ufunc) or not inputs:
        raise TypeError(f"__array_ufunc__ takes a ufunc, a method and operands, got {ufunc!r}")
    kwargs = dict(passed)
    given = kwargs.pop("out", None)
    out = given[0] if isinstance(given, tuple) else given
    strange = strangers(*inputs, out, kwargs.get("where", True))
    if strange:
        theirs = asked(strange, ufunc, method, inputs, passed)
        if theirs is not NotImplemented:
            return theirs
    if method == "at":
        return _at(ufunc, inputs, bool(strange))
    if strange:
        return _dense(ufunc, method, inputs, out, kwargs)
    result = None
    if out is None or isinstance(out, VirtualQArray):
        result = _structural(ufunc, method, inputs, kwargs)
    if result is None:
        return _dense(ufunc, method, inputs, out, kwargs)
    result = _with_bound(result, is_lossy(inputs))
    if out is None:
        return result
    if isinstance(result, Source) and (result.shape, result.dtype) == (out.shape, out.dtype):
        out.replace_with(result)
        return out
    # The output has a say in which loop NumPy takes.
    return _dense(ufunc, method, inputs, out, kwargs)


def reduction(
    ufunc: np.ufunc,
    x: VirtualQArray,
    axis: Axis,
    dtype: DTypeLike | None,
    keepdims: bool,
    initial: Any,
) -> Any:
    """Return ``ufunc.reduce``, without an output: an array, or a scalar."""
    source = x.source
    if source.is_standard:
        result = reduce.reduce(ufunc, source.settle(), axis, dtype, keepdims, initial)
    else:
        result = _reduce(ufunc, source, axis, dtype, keepdims, initial)
    if isinstance(result, np.generic):
        return result
    if result is not None:
        return VirtualQArray(_with_bound(result, not source.is_exact))
    kwargs = {"axis": axis, "dtype": dtype, "keepdims": keepdims, "initial": initial}
    return call_dense(ufunc.reduce, (x,), kwargs)


def _with_bound(result: Any, are_lossy: bool) -> Any:
    """Return a result as a Source, if it is an array; no array made of inexact ones is exact."""
    if isinstance(result, np.ndarray):
        result = sparse(result)
    if are_lossy and isinstance(result, Spectrum) and result.error is None:
        return result.replace(error=ErrorBound.unknown())
    return result


def _structural(
    ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    if method == "reduce":
        x = inputs[0].source if type(inputs[0]) is VirtualQArray else operand(inputs[0])
        return _reduce(ufunc, x, *inputs[1:], **kwargs) if isinstance(x, Source) else None
    operands = [operand(x) for x in inputs]
    first = operands[0]
    if not isinstance(first, Source):
        return None
    x = first.standard
    if x is None:
        return None
    if method == "accumulate":
        return accumulate.accumulate(ufunc, x, *inputs[1:], **kwargs)
    if method == "reduceat":
        if any(isinstance(x, VirtualQArray) for x in inputs[1:]):
            return None
        return accumulate.reduceat(ufunc, x, *inputs[1:], **kwargs)
    y = operands[1].standard if method == "outer" and isinstance(operands[1], Source) else None
    return None if y is None else outer.outer(ufunc, x, y, **kwargs)


def _reduce(
    ufunc: np.ufunc,
    node: Source,
    axis: Axis = 0,
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
    initial: Any = np._NoValue,
    where: Any = True,
) -> Any:
    if node.is_standard:
        return reduce.reduce(ufunc, node.settle(), axis, dtype, keepdims, initial, where)
    result: Any = None
    if isinstance(node, Permuted) and where is True:
        result = of_permuted.reduced(_reduce, ufunc, node, axis, dtype, keepdims, initial)
        if result is not None:
            return result
    if ufunc is np.add and where is True and initial is np._NoValue and dtype in (None, node.dtype):
        ndim = len(node.shape)
        axes = range(ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
        result = node.summed(axes, keepdims)
        if result is not None:
            return result
    node = node.unclosed()
    if node.unrepeated is not node and where is True and ufunc.nin == 2:
        result = reduce_repeated(ufunc, node, axis, dtype, keepdims, initial)
        if result is not None:
            return result
    if node.standard is not None:
        return reduce.reduce(ufunc, node.standard, axis, dtype, keepdims, initial, where)
    if 0 in node.shape or ufunc.nin != 2:
        return None
    if where is not True:
        instead = initial if ufunc.identity is None else ufunc.identity
        if instead in (None, np._NoValue) or (
            np.shape(where) and not _fits(np.shape(where), node.shape)
        ):
            return None
        kept = apply_elementwise(np.where, (where, VirtualQArray(node), instead))
        return _reduce(ufunc, kept, axis, dtype, keepdims, initial)
    ndim = len(node.shape)
    axes = (
        tuple(range(ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim)
    )
    # What dtype NumPy gives, and whether it would refuse.
    kind = ufunc.reduce(np.ones((1,) * ndim, node.dtype), axis=axis, dtype=dtype)
    result = None
    if ufunc is np.add and dtype in (None, node.dtype):
        result = _sum(node, axes, keepdims)
    if result is None:
        result = reduce_operator(ufunc, node, axes, dtype, keepdims)
    if result is None and len(axes) == ndim:
        result = reduce_few(ufunc, node, dtype)
        result = np.full((1,) * ndim, result) if keepdims and result is not None else result
    if result is None:
        result = paged_reduce.paged(ufunc, node, axes, dtype, keepdims)
    if result is None or initial is np._NoValue or initial is None:
        return result
    if isinstance(result, Spectrum):
        result = to_dense(result)
    return ufunc(result, np.asarray(initial, kind.dtype))


def _sum(node: Source, axes: tuple[int, ...], keepdims: bool) -> Any:
    """Sum over some axes on coefficients; None where that is not closed."""
    products = parseval.sum_of_products(node, axes, keepdims)
    if products is not None or node.stored is None:
        return products
    total = sums.sum_closed(node.stored, axes, keepdims)
    return total if total.shape else to_dense(total)[()]


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether an array of that shape broadcasts to the wanted one."""
    pairs = zip(reversed(shape), reversed(wanted), strict=False)
    return len(shape) <= len(wanted) and all(m in (1, n) for m, n in pairs)


def _dense(
    ufunc: np.ufunc, method: str, inputs: Any, out: VirtualQArray | Array | None, kwargs: Any
) -> Any:
    if out is None:
        return call_dense(getattr(ufunc, method), inputs, kwargs)
    if not isinstance(out, VirtualQArray):
        return call_dense(getattr(ufunc, method), inputs, {**kwargs, "out": out})
    array = to_dense(out.spectrum)
    call_dense(getattr(ufunc, method), inputs, {**kwargs, "out": array})
    error = ErrorBound.unknown() if is_lossy(inputs) else None
    out.replace_with(sparse(array).replace(error=error))
    return out


def _few_updates(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments of ``ufunc.at`` without updates that change nothing."""
    target = inputs[0]
    if len(inputs) != 3 or not isinstance(inputs[2], VirtualQArray) or is_lossy(inputs[1:]):
        return inputs
    if not isinstance(target, (VirtualQArray, np.ndarray)):
        return inputs
    values = inputs[2].source.express().stored
    if values is None:
        return inputs
    few = at.without_identity(ufunc, target, plain_key(inputs[1]), values)
    return inputs if few is None else (target, *few)


def _at(ufunc: np.ufunc, inputs: tuple[Any, ...], as_ndarray: bool) -> None:
    if len(inputs) < 2:
        few: tuple[Any, ...] = (np.zeros(1),)
        ufunc.at(*few)  # NumPy's exception
    inputs = _few_updates(ufunc, inputs)
    target = inputs[0]
    if not isinstance(target, VirtualQArray):
        call_dense(ufunc.at, inputs, {})
        return
    rest = [x.todense() if isinstance(x, VirtualQArray) else x for x in inputs[2:]]
    key = plain_key(inputs[1])
    lossy = is_lossy(inputs)

    def changed(whole: Spectrum, is_own: bool) -> Spectrum:
        if not as_ndarray and whole.active_indices is None:
            changed = at.full(ufunc, whole, key, rest[0] if rest else None, is_own)
        else:
            array = to_dense(whole)
            call_dense(ufunc.at, (array, *inputs[1:]), {})
            changed = sparse(array)
        return changed.replace(error=ErrorBound.unknown() if lossy else None)

    if as_ndarray or len(rest) != ufunc.nin - 1 or target.has_all_elements:
        target.change(changed)
        return
    positions, change = at.updates(
        ufunc, target.shape, target.dtype, key, rest[0] if rest else None
    )
    target.change_elements(positions, change)
    if lossy:
        target.take_bound()
