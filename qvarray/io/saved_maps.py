"""Linear maps in files: Toeplitz matrices, bases in another order, eigenvalues by their index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.spectrum import Spectrum
from ..ops.basis_change import coefficient_dtype
from ..sources.diagonal_operator import (
    Derivatives,
    Differences,
    Eigenvalues,
    Levels,
    Mapped,
    Number,
    Reflected,
    SampledEigenvalues,
    StoredEigenvalues,
    Symbol,
)
from ..sources.linear_map import Ordered, Toeplitz
from .fields import Fields
from .kinds import Entry, Packer, reads, writes

#: Levels of wavelets, of 2**62 each and fewer, and the mean.
_MOST_LEVELS = 64
_HIGHEST_DERIVATIVE = 1 << 16


# -- matrices -------------------------------------------------------------------------------------


@writes(Toeplitz, "toeplitz", lambda matrix: (matrix.entries,))
def _write_toeplitz(packer: Packer, matrix: Toeplitz) -> Entry:
    return {"entries": packer.entry(matrix.entries), "shape": list(matrix.shape)}


@reads("toeplitz")
def _read_toeplitz(fields: Fields) -> Toeplitz:
    entries, shape = fields.spectrum("entries"), fields.shape("shape")
    fits = len(shape) == 2 and entries.shape == (shape[0] + shape[1] - 1,)
    fields.require(fits, "shape", "another one than the entries are for")
    return Toeplitz(entries, (shape[0], shape[1]))


@writes(Ordered, "ordered", lambda matrix: (matrix.gains,))
def _write_ordered(packer: Packer, matrix: Ordered) -> Entry:
    return {
        "n": matrix.shape[0],
        "bases": [basis.name for basis in matrix.bases],
        "columns": packer.array(matrix.columns),
        "rows": packer.array(matrix.rows),
        "gains": None if matrix.gains is None else packer.entry(matrix.gains),
        "by_row": bool(matrix.by_row),
        "dtype": matrix.dtype.newbyteorder("<").str,
    }


@reads("ordered")
def _read_ordered(fields: Fields) -> Ordered:
    n = fields.integer("n")
    bases = fields.bases("bases", (n, n))
    columns = fields.array("columns", "i")
    rows = fields.array("rows", "i", columns.size)
    for name, places in (("columns", columns), ("rows", rows)):
        fields.require(places.dtype == np.int64, name, f"their dtype is {places.dtype}")
    fields.reader.take(2 * rows.nbytes)
    in_order = np.sort(rows)
    is_sorted = bool((columns[1:] > columns[:-1]).all())
    fields.require(is_sorted, "columns", "the columns are not sorted, or repeat")
    fields.require(np.array_equal(in_order, columns), "rows", "they are not those of the columns")
    inside = not columns.size or (columns[0] >= 0 and columns[-1] < n)
    fields.require(inside, "columns", f"a column is not below {n}")
    gains = fields.spectrum("gains", (n,)) if fields.has("gains") else None
    dtype = fields.dtype("dtype", "fc").newbyteorder("=")
    fits = gains is None or gains.dtype.kind != "c" or coefficient_dtype(bases, dtype).kind == "c"
    fields.require(fits, "gains", f"complex gains of {dtype}")
    return Ordered(n, bases, columns, rows, gains, fields.flag("by_row"), dtype)


@writes(Symbol, "symbol", lambda symbol: (symbol.node,))
def _write_symbol(packer: Packer, symbol: Symbol) -> Entry:
    return {
        "n": symbol.shape[0],
        "basis": symbol.bases[0].name,
        "eigenvalues": packer.entry(symbol.node),
        "dtype": symbol.dtype.newbyteorder("<").str,
    }


@reads("symbol")
def _read_symbol(fields: Fields) -> Symbol:
    n, basis = fields.integer("n"), fields.basis("basis")
    fields.locate("n")
    basis.check_length(n)
    node: Eigenvalues = fields.node("eigenvalues", Eigenvalues)  # type: ignore[type-abstract]
    for spectrum in _spectra(node):
        fields.require(spectrum.shape[0] == n, "eigenvalues", f"not of {n} rows")
    out = Symbol(n, basis, node, fields.dtype("dtype", "fc").newbyteorder("="))
    fields.locate("eigenvalues")
    with np.errstate(all="ignore"):
        some = node.at(n, np.arange(min(n, 1)))
    is_complex = coefficient_dtype(out.bases, out.dtype).kind == "c"
    fits = some.dtype.kind != "c" or is_complex
    fields.require(fits, "eigenvalues", f"complex ones of {out.dtype}")
    return out


def _spectra(node: Eigenvalues) -> Iterator[Spectrum]:
    """Return the spectra that tell eigenvalues."""
    todo: list[Any] = [node]
    seen = set()
    while todo:
        node = todo.pop()
        if id(node) not in seen:
            seen.add(id(node))
            todo.extend(getattr(node, "operands", ()))
            if isinstance(node, (StoredEigenvalues, SampledEigenvalues)):
                yield node.spectrum


# -- eigenvalues ----------------------------------------------------------------------------------


@writes(StoredEigenvalues, "stored_eigenvalues", lambda node: (node.spectrum,))
@writes(SampledEigenvalues, "sampled_eigenvalues", lambda node: (node.spectrum,))
def _write_held(packer: Packer, node: StoredEigenvalues | SampledEigenvalues) -> Entry:
    return {"spectrum": packer.entry(node.spectrum)}


@reads("stored_eigenvalues")
def _read_stored(fields: Fields) -> StoredEigenvalues:
    spectrum = fields.node("spectrum", Spectrum)
    fields.require(spectrum.diagonal, "spectrum", "it is no operator")
    return StoredEigenvalues(spectrum)


@reads("sampled_eigenvalues")
def _read_sampled(fields: Fields) -> SampledEigenvalues:
    spectrum = fields.node("spectrum", Spectrum)
    fields.require(len(spectrum.shape) == 1, "spectrum", "it is no vector")
    return SampledEigenvalues(spectrum)


@writes(Differences, "differences")
def _write_differences(_: Packer, node: Differences) -> Entry:
    return {"period": node.period, "step": node.step.hex()}


@reads("differences")
def _read_differences(fields: Fields) -> Differences:
    period, step = fields.integer("period", 1, 2**64), fields.number("step")
    fields.require(step != 0, "step", "it is 0")
    return Differences(period, step)


@writes(Derivatives, "derivatives")
def _write_derivatives(_: Packer, node: Derivatives) -> Entry:
    return {"order": node.order, "length": node.length.hex()}


@reads("derivatives")
def _read_derivatives(fields: Fields) -> Derivatives:
    order, length = fields.integer("order", 0, _HIGHEST_DERIVATIVE), fields.number("length")
    fields.require(length != 0, "length", "it is 0")
    return Derivatives(order, length)


@writes(Levels, "levels")
def _write_levels(packer: Packer, node: Levels) -> Entry:
    return {"gains": [packer.value(gain) for gain in node.gains]}


@reads("levels")
def _read_levels(fields: Fields) -> Levels:
    gains = fields.values("gains")
    plain = (int, float, complex)
    fits = 0 < len(gains) <= _MOST_LEVELS and all(isinstance(gain, plain) for gain in gains)
    fields.require(fits, "gains", "not a number for each length of wavelets")
    return Levels(tuple(gains))


@writes(Number, "number")
def _write_number(packer: Packer, node: Number) -> Entry:
    return {"value": packer.value(node.value)}


@reads("number")
def _read_number(fields: Fields) -> Number:
    value = fields.inner("value").value()
    plain = (bool, int, float, complex, np.number, np.bool)
    fields.require(isinstance(value, plain), "value", "not a number")
    return Number(value)


@writes(Mapped, "mapped")
def _write_mapped(packer: Packer, node: Mapped) -> Entry:
    operands = [packer.entry(operand) for operand in node.operands]
    return {"name": packer.function(node.function), "operands": operands}


@writes(Reflected, "reflected")
def _write_reflected(packer: Packer, node: Reflected) -> Entry:
    return {**_write_mapped(packer, node), "basis": node.basis.name}


def _read_operands(fields: Fields) -> tuple[Any, ...]:
    operands = fields.values("operands")
    fits = operands and all(isinstance(operand, Eigenvalues) for operand in operands)
    fields.require(fits, "operands", "not eigenvalues")
    return tuple(operands)


@reads("mapped")
def _read_mapped(fields: Fields) -> Mapped:
    named, operands = fields.function("name"), _read_operands(fields)
    ufunc = named.function
    if isinstance(ufunc, np.ufunc):
        fits = (ufunc.nin, ufunc.nout) == (len(operands), 1)
        fields.require(fits, "operands", f"not those of {ufunc}")
    return Mapped(named.function, operands)


@reads("reflected")
def _read_reflected(fields: Fields) -> Reflected:
    mapped = _read_mapped(fields)
    fields.require(len(mapped.operands) == 1, "operands", "not one")
    return Reflected(mapped.function, mapped.operands, fields.basis("basis"))
