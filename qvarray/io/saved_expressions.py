"""Expressions in files: the names of their functions, and what these take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.source import Source
from ..core.values import ELEMENT_KINDS, MAX_SIZE
from ..ops.broadcast import broadcast_shape
from ..sources.element_functions import ElementwiseCall, Masked
from ..sources.expression import Expression
from .fields import Fields
from .kinds import Entry, Packer, reads, writes


@writes(Expression, "ufunc")
def _write_expression(packer: Packer, node: Expression) -> Entry:
    operands = [packer.value(operand) for operand in node.operands]
    common = {"which": node.which, "operands": operands}
    function: Any = node.ufunc
    if isinstance(function, np.ufunc):
        return {"name": packer.function(function), **common, **packer.keywords(node.kwargs)}
    called = function.function
    if not isinstance(called, Masked):
        return {
            "kind": "call",
            "name": packer.function(called),
            **common,
            **packer.keywords(node.kwargs),
        }
    name, kwargs = packer.function(called.ufunc), packer.keywords(called.kwargs)
    return {"kind": "masked", "name": name, **common, **kwargs}


@reads("ufunc")
def _read_ufunc(fields: Fields) -> Expression:
    named = fields.function("name")
    ufunc = named.function
    fields.require(isinstance(ufunc, np.ufunc), "name", f"not a ufunc: {fields.raw('name')!r}")
    assert isinstance(ufunc, np.ufunc)
    operands = fields.values("operands")
    fields.require(len(operands) == ufunc.nin, "operands", f"{ufunc} takes {ufunc.nin}")
    which = fields.integer("which", 0, ufunc.nout - 1)
    return _expression(fields, ufunc, operands, fields.keywords(named.keywords), which)


@reads("call")
def _read_call(fields: Fields) -> Expression:
    named = fields.function("name")
    kwargs = fields.keywords(named.keywords)
    call: Any = ElementwiseCall(named.function)
    return _expression(fields, call, fields.values("operands"), kwargs)


@reads("masked")
def _read_masked(fields: Fields) -> Expression:
    named = fields.function("name")
    ufunc: Any = named.function
    single = isinstance(ufunc, np.ufunc) and ufunc.nout == 1
    fields.require(single, "name", "not a ufunc of one output")
    call: Any = ElementwiseCall(Masked(ufunc, fields.keywords(named.keywords)))
    return _expression(fields, call, fields.values("operands"), {})


def _expression(
    fields: Fields,
    function: np.ufunc,
    operands: Sequence[Any],
    kwargs: dict[str, Any],
    which: int = 0,
) -> Expression:
    """Return an expression, whose shape and dtype follow from its operands."""
    sources = [operand for operand in operands if isinstance(operand, Source)]
    plain = (bool, int, float, complex, np.generic, Source)
    fits = sources and all(isinstance(operand, plain) for operand in operands)
    fields.require(fits, "operands", "not arrays and numbers")
    shape = broadcast_shape([source.shape for source in sources])
    largest = max(source.size for source in sources)
    fields.require(prod(shape) <= max(MAX_SIZE, largest), "operands", "they broadcast to too many")
    fields.locate("name")
    with np.errstate(all="ignore"):
        made = _called(function, operands, kwargs, which)
    fields.require(
        made.dtype.kind in ELEMENT_KINDS, "name", f"it gives elements of dtype {made.dtype}"
    )
    return Expression(function, tuple(operands), shape, made.dtype, kwargs, which)


def _called(
    function: Callable[..., Any], operands: Sequence[Any], kwargs: dict[str, Any], which: int
) -> np.ndarray[Any, Any]:
    """Return what a function makes of no elements: of the dtype that it gives."""
    stand_ins = (
        np.zeros((0,) if operand.shape else (), operand.dtype)
        if isinstance(operand, Source)
        else operand
        for operand in operands
    )
    out = function(*stand_ins, **kwargs)
    return np.asarray(out[which] if isinstance(out, tuple) else out)
