"""NumPy's named tuples with arrays of ours in them, for type checkers: NumPy makes the objects."""

from __future__ import annotations

from typing import NamedTuple

from ..array.virtual_array import VirtualQArray


class EigResult(NamedTuple):
    eigenvalues: VirtualQArray
    eigenvectors: VirtualQArray


class EighResult(NamedTuple):
    eigenvalues: VirtualQArray
    eigenvectors: VirtualQArray


class QRResult(NamedTuple):
    Q: VirtualQArray
    R: VirtualQArray


class SlogdetResult(NamedTuple):
    sign: VirtualQArray
    logabsdet: VirtualQArray


class SVDResult(NamedTuple):
    U: VirtualQArray
    S: VirtualQArray
    Vh: VirtualQArray


class UniqueAllResult(NamedTuple):
    values: VirtualQArray
    indices: VirtualQArray
    inverse_indices: VirtualQArray
    counts: VirtualQArray


class UniqueCountsResult(NamedTuple):
    values: VirtualQArray
    counts: VirtualQArray


class UniqueInverseResult(NamedTuple):
    values: VirtualQArray
    inverse_indices: VirtualQArray
