"""Real data as few eigenvalues: the arrays that PyWavelets and Matplotlib bring along."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...encoding.encode import encode
from ...io.container import save
from ...ops.basis_change import norm
from ...runtime.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...core.values import Array

BASES = ("standard", "walsh", "fourier", "cosine", "haar", "auto", "packed")
TOLERANCES = (1e-1, 1e-2, 1e-3, 1e-6)


@dataclass(frozen=True)
class Dataset:
    """An array of real data."""

    name: str
    #: What it is, where it is from, and what was cut off.
    origin: str
    #: Of lengths that are powers of two; an ndarray of float64.
    values: Array


@dataclass(frozen=True)
class Encoding:
    """A dataset in a basis, at a tolerance."""

    dataset: str
    #: As `encode` takes it; "packed" is "auto" with eigenvalues quantised, and not in full.
    basis: str
    #: The basis of each axis, which "auto" and "packed" leave open.
    chosen: str
    tolerance: float
    active: int
    stored_bytes: int
    dense_bytes: int
    #: What `save` writes, where eigenvalues are packed.
    file_bytes: int | None
    #: Measured against the data.
    relative_l2_error: float
    #: What the array says itself: an upper bound.
    promised_error: float

    @property
    def factor(self) -> float:
        """Bytes of the dense array over bytes stored."""
        return self.dense_bytes / self.stored_bytes


def datasets() -> list[Dataset]:
    """Load the data: a signal, a photograph and a landscape.

    Raises MissingExtraError where PyWavelets or Matplotlib is not installed.
    """
    pywt = require("pywt.data", "report")
    cbook = require("matplotlib.cbook", "report")
    with cbook.get_sample_data("jacksboro_fault_dem.npz") as sample:
        elevation = sample["elevation"]
    return [
        _dataset("ecg", "electrocardiogram, PyWavelets", pywt.ecg()),
        _dataset("camera", "photograph, PyWavelets", pywt.camera()),
        _dataset("elevation", "elevation model, Matplotlib", elevation),
    ]


def _dataset(name: str, origin: str, values: Array) -> Dataset:
    cropped = _central(values).astype(np.float64)
    how = f"{_shape(values)} samples"
    if cropped.shape != values.shape:
        how = f"the central {_shape(cropped)} of {how}"
    return Dataset(name, f"{origin}, {how}", cropped)


def _shape(values: Array) -> str:
    return " × ".join(map(str, values.shape))


def _central(values: Array) -> Array:
    """Take the middle of an array, cut to powers of two: the lengths that all bases can have."""
    lengths = [1 << (n.bit_length() - 1) for n in values.shape]
    starts = [(n - m) // 2 for n, m in zip(values.shape, lengths, strict=True)]
    return values[tuple(slice(s, s + m) for s, m in zip(starts, lengths, strict=True))]


def encodings(dataset: Dataset) -> Iterator[Encoding]:
    """Encode a dataset in every basis, at every tolerance."""
    for tolerance in TOLERANCES:
        for basis in BASES:
            yield _encoding(dataset, basis, tolerance)


def _encoding(dataset: Dataset, basis: str, tolerance: float) -> Encoding:
    file_bytes = None
    if basis == "packed":
        encoded = encode(dataset.values, tol=tolerance)
        file = io.BytesIO()
        save(file, encoded)
        file_bytes = file.getbuffer().nbytes
    else:
        encoded = encode(dataset.values, basis, tol=tolerance, storage="float64")
    gap = norm(encoded.todense() - dataset.values)
    return Encoding(
        dataset.name,
        basis,
        _names([str(basis) for basis in encoded.bases]),
        tolerance,
        encoded.nactive,
        encoded.nbytes,
        dataset.values.nbytes,
        file_bytes,
        gap / norm(dataset.values),
        encoded.recovery_error,
    )


def _names(bases: list[str]) -> str:
    return bases[0] if len(set(bases)) == 1 else " × ".join(bases)


def best(candidates: list[Encoding]) -> Encoding:
    """Choose the encoding of fewest bytes; of those the one of the smallest error."""
    return min(candidates, key=lambda e: (e.stored_bytes, e.relative_l2_error))
