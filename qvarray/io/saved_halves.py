"""Halves of spectra in files: the coefficients that are kept, and along which axis."""

from __future__ import annotations

from math import prod

import numpy as np

from ..core.values import require_size
from ..ops.basis_change import coefficient_dtype
from ..sources.half_spectrum import HalfSpectrum
from .fields import Fields
from .kinds import Entry, Packer, described, reads, writes
from .saved_spectra import attributes


@writes(HalfSpectrum, "half")
def _write_half(packer: Packer, half: HalfSpectrum) -> Entry:
    return {
        **described(half.shape, half.dtype, half.bases, half.error),
        "axis": half.axis,
        "values": packer.array(half.half.reshape(-1)),
    }


@reads("half")
def _read_half(fields: Fields) -> HalfSpectrum:
    common = attributes(fields)
    shape, dtype, bases = common["shape"], common["dtype"], common["bases"]
    fields.require(dtype.kind == "f" and prod(shape) > 0, "dtype", f"half of {dtype} in {shape}")
    fields.locate("shape")
    require_size(shape)
    axis = fields.integer("axis", 0, len(shape) - 1)
    fields.require(bases[axis].is_halved, "axis", f"the basis {bases[axis]} has no halves")
    kept = (*shape[:axis], shape[axis] // 2 + 1, *shape[axis + 1 :])
    values = fields.array("values", size=prod(kept))
    kind = coefficient_dtype(bases, dtype)
    fields.require(values.dtype == kind, "values", f"their dtype is not {kind}")
    return HalfSpectrum(half=np.reshape(values, kept), axis=axis, **common)
