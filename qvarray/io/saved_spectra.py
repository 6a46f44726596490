"""Spectra in files, samples and repetitions of them: indices as distances."""

from __future__ import annotations

from math import prod
from typing import Any

from ..core.spectrum import Spectrum
from ..core.values import index_dtype, require_size
from ..ops.basis_change import coefficient_dtype
from ..sources.closable import Closable
from ..sources.permuted import Permuted
from ..sources.repeated import Repeated
from ..sources.samples import Samples
from ..sources.sorted_positions import SortedPositions, ranked
from .fields import Fields
from .kinds import Entry, Packer, described, reads, scalar_entry, writes


def attributes(fields: Fields) -> dict[str, Any]:
    """Return what arrays of coefficients have in common: shape, dtype, bases, error."""
    shape = fields.shape("shape")
    return {
        "shape": shape,
        "dtype": fields.dtype("dtype"),
        "bases": fields.bases("bases", shape),
        "error": fields.error("error"),
    }


@writes(Spectrum, "spectrum")
def _write_spectrum(packer: Packer, spectrum: Spectrum) -> Entry:
    indices = spectrum.active_indices
    gaps = None
    if indices is not None:
        gaps = indices.copy()
        gaps[1:] -= indices[:-1]
    return {
        **described(spectrum.shape, spectrum.dtype, spectrum.bases, spectrum.error),
        "values": packer.array(spectrum.eigenvalues),
        "gaps": None if gaps is None else packer.array(gaps),
        "fill": scalar_entry(spectrum.fill_value),
        "diagonal": spectrum.diagonal,
    }


@writes(Closable, "spectrum", lambda _: ())
def _write_closable(packer: Packer, closable: Closable) -> Entry:
    return _write_spectrum(packer, closable.settle())


@reads("spectrum")
def _read_spectrum(fields: Fields) -> Spectrum:
    common = attributes(fields)
    shape, dtype, bases = common["shape"], common["dtype"], common["bases"]
    diagonal = fields.flag("diagonal")
    is_square = len(shape) == 2 and shape[0] == shape[1]
    fields.require(is_square or not diagonal, "diagonal", f"{shape} is not the shape of a square")
    fields.locate("shape")
    space_shape = shape[:1] if diagonal else shape
    require_size(space_shape)
    space = prod(space_shape)
    fill = fields.scalar("fill")
    native = dtype.newbyteorder("=")
    fields.require(fill.dtype == native, "fill", f"its dtype is not {native}")
    indices = None
    if fields.has("gaps"):
        indices = fields.indices("gaps", space, index_dtype(space))
    values = fields.array("values", size=space if indices is None else indices.size)
    out = Spectrum(shape, dtype, bases, values, indices, fill, diagonal, common["error"])
    may_fill = out.is_standard or (diagonal and indices is not None)
    fields.require(may_fill or not fill, "fill", "inactive elements of this array are 0")
    if out.is_standard or (diagonal and values.dtype.kind not in "fc"):
        fields.require(values.dtype == native, "values", f"their dtype is not {native}")
        out.eigenvalues = values.astype(dtype, copy=False)
    else:
        fields.require(diagonal or dtype.kind in "fc", "dtype", f"{dtype} in a spectral basis")
        is_complex = coefficient_dtype(bases, dtype).kind == "c"
        kinds = "fc" if is_complex else "f"
        fields.require(values.dtype.kind in kinds, "values", f"{values.dtype} of {dtype}")
    return out


@writes(Samples, "samples", lambda samples: (samples.spectrum,))
def _write_samples(packer: Packer, samples: Samples) -> Entry:
    key = [[axis.start, axis.step, len(axis)] for axis in samples.key]
    return {"spectrum": packer.entry(samples.spectrum), "key": key}


@reads("samples")
def _read_samples(fields: Fields) -> Samples:
    spectrum = fields.node("spectrum", Spectrum)
    key = []
    for axis, n in zip(fields.raw("key"), spectrum.shape, strict=True):
        start, step, count = axis
        if not all(type(number) is int for number in axis) or step == 0 or count < 1:
            raise ValueError("not some positions along each axis")
        last = start + (count - 1) * step
        if not (0 <= start < n and 0 <= last < n):
            raise ValueError(f"positions are not in range({n})")
        key.append(range(start, last + (1 if step > 0 else -1), step))
    require_size(tuple(len(axis) for axis in key))
    fields.require(not spectrum.diagonal, "spectrum", "there are no samples of operators")
    return Samples(spectrum, tuple(key))


@writes(Repeated, "repeated", lambda repeated: (repeated.unrepeated,))
def _write_repeated(packer: Packer, repeated: Repeated) -> Entry:
    return {"unrepeated": packer.entry(repeated.unrepeated), "shape": list(repeated.shape)}


@reads("repeated")
def _read_repeated(fields: Fields) -> Repeated:
    part, shape = fields.spectrum("unrepeated"), fields.shape("shape")
    fits = len(part.shape) == len(shape) and all(
        n in (1, m) for n, m in zip(part.shape, shape, strict=True)
    )
    fields.require(fits and 0 not in shape, "shape", f"{part.shape} is not repeated to it")
    fields.locate("shape")
    require_size(shape)
    return Repeated(part, shape)


@writes(Permuted, "permuted", lambda permuted: (permuted.unpermuted,))
def _write_permuted(packer: Packer, permuted: Permuted) -> Entry:
    return {"unpermuted": packer.entry(permuted.unpermuted), "axes": list(permuted.axes)}


@reads("permuted")
def _read_permuted(fields: Fields) -> Permuted:
    part, axes = fields.node("unpermuted", Spectrum), fields.integers("axes")
    fields.require(not part.diagonal, "unpermuted", "operators are not permuted")
    others = list(range(len(part.shape)))
    fields.require(sorted(axes) == others != axes, "axes", "they are not all in another order")
    return Permuted(part, tuple(axes))


@writes(SortedPositions, "sorted positions", lambda _: ())
def _write_sorted(packer: Packer, positions: SortedPositions) -> Entry:
    return {
        "order": packer.entry(positions.ranks.as_spectrum()),
        "axis": positions.ranks.axis,
        "shape": list(positions.shape),
        "starts": list(positions.starts),
        "steps": [list(step) for step in positions.steps],
        "mirrored": positions.is_mirrored,
    }


@reads("sorted positions")
def _read_sorted(fields: Fields) -> SortedPositions:
    order, shape = fields.node("order", Spectrum), fields.shape("shape")
    axis, starts = fields.integer("axis", 0, len(order.shape) - 1), fields.integers("starts")
    fields.require(order.is_standard and order.dtype.kind == "i", "order", "no ranks of elements")
    fields.require(len(starts) == len(order.shape), "starts", "not one for each axis")
    low, high, steps = list(starts), list(starts), []
    for (of, step), n in zip(fields.raw("steps"), shape, strict=True):
        if type(of) is not int or type(step) is not int or not 0 <= of < len(starts) or n < 1:
            raise ValueError("not an axis and a step along it for each axis")
        low[of] += min(0, step * (n - 1))
        high[of] += max(0, step * (n - 1))
        steps.append((of, step))
    inside = all(0 <= a <= b < n for a, b, n in zip(low, high, order.shape, strict=True))
    fields.require(inside, "steps", "they leave the array that is sorted")
    require_size(shape)
    mirrored = fields.flag("mirrored")
    return SortedPositions(ranked(order, axis), shape, tuple(starts), tuple(steps), mirrored)
