"""Axes that are made of shorter ones: indices along them, and transforms part by part."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from .base import Array, Basis

__all__ = ["Parts", "split", "synthesised", "transformed", "united"]

#: The bases of the axes that an axis is made of, the slowest first, and their lengths.
Parts = Sequence[tuple[Basis, int]]


def split(indices: Array, parts: Parts) -> list[Array]:
    """Indices along an axis as those along its parts. O(k)."""
    out: list[Array] = []
    rest = indices.astype(np.int64, copy=False)
    for _, n in reversed(parts):
        rest, along = np.divmod(rest, n)
        out.append(along)
    return out[::-1]


def united(indices: Sequence[Array], parts: Parts) -> Array:
    """Indices along the parts of an axis as those along it. O(k)."""
    out: Array = np.zeros(1, np.int64)
    for along, (_, n) in zip(indices, parts, strict=True):
        out = out * n + along
    return out


def _unfolded(x: Array, axis: int, parts: Parts) -> tuple[Array, int]:
    axis %= x.ndim
    lengths = [n for _, n in parts]
    assert prod(lengths) == x.shape[axis]
    return x.reshape(*x.shape[:axis], *lengths, *x.shape[axis + 1 :]), axis


def transformed(samples: Array, axis: int, parts: Parts) -> Array:
    """Samples to coefficients along an axis, part by part. O(N log n)."""
    out, axis = _unfolded(samples, axis, parts)
    for at, (basis, _) in enumerate(parts, axis):
        out = basis.analyse(out, at)
    return out.reshape(samples.shape)


def synthesised(coefficients: Array, axis: int, parts: Parts, overwrite: bool) -> Array:
    """Coefficients to samples along an axis, part by part. O(N log n)."""
    out, axis = _unfolded(coefficients, axis, parts)
    for at, (basis, _) in enumerate(parts, axis):
        out = basis.synthesise(out, at, overwrite)
    return out.reshape(coefficients.shape)
