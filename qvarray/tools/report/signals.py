"""The vectors that the transformation is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...creation.arrays import asarray, from_coordinates, from_eigenvalues
from ...options import options
from .reference import Coordinates, Oscillations, Samples, Vector

if TYPE_CHECKING:
    from ...core.values import Array

SIGNALS = {
    "wave": "a sum of 4 cosine oscillations, described by its eigenvalues",
    "sparse": "up to 64 elements that are not zero, half of them among the first 64",
    "noise": "dense Gaussian noise: sizes that fit in memory only",
}

_OSCILLATIONS = 4
_FREQUENCIES = 32
_ELEMENTS = 64

# Of a Python list of floats: a pointer and an object for each, and the ndarray it is made of.
_NOISE_BYTES = 8 + 24 + 8


@dataclass(frozen=True)
class Signal:
    """A vector, the same in all three forms."""

    name: str
    n: int
    #: For plain Python.
    plain: Vector
    #: For qvarray; a VirtualQArray or ndarray, shape (n,), float64.
    input: VirtualQArray | Array

    @cached_property
    def elements(self) -> Array:
        """All of them, shape (n,), float64; materialised once.

        Raises MaterializationError where they are over the memory budget.
        """
        return self.input.todense() if isinstance(self.input, VirtualQArray) else self.input


def as_virtual(vector: Vector) -> VirtualQArray:
    """Make a VirtualQArray of float64 of a plain-Python vector, bit for bit."""
    if isinstance(vector, Samples):
        return asarray(np.array(vector.values))
    indices = np.array(sorted(vector.terms), np.int64)
    values = np.array([vector.terms[int(i)] for i in indices], np.float64)
    if isinstance(vector, Oscillations):
        return from_eigenvalues(values, indices, vector.n, basis="cosine")
    return from_coordinates(indices, values, (vector.n,))


def make_signal(name: str, n: int, seed: int = 0) -> Signal:
    """Make a vector of length `n`.

    Raises ValueError for an unknown name; MemoryError for noise that is over the memory budget.

    Parameters
    ----------
    name : {"wave", "sparse", "noise"}
    n : int
        At least 1.
    seed : int
        The same seed gives the same vector; a wave is the same at all sizes from 32 on, sampled
        finer and finer.

    Examples
    --------
    >>> wave = make_signal("wave", 2**40)
    >>> wave.input.nbytes
    64
    """
    rng = np.random.default_rng(seed)
    if name == "noise":
        if signal_bytes(name, n) > options.memory_budget:
            raise MemoryError(f"{n} elements of noise are over the memory budget")
        samples = rng.standard_normal(n)
        return Signal(name, n, Samples(samples.tolist()), samples)
    vector: Vector
    if name == "wave":
        vector = _wave(n, rng)
    elif name == "sparse":
        vector = _sparse(n, rng)
    else:
        raise ValueError(f"signal must be one of {', '.join(SIGNALS)}, got {name!r}")
    return Signal(name, n, vector, as_virtual(vector))


def signal_bytes(name: str, n: int) -> int:
    """Count the bytes that a signal takes before it is transformed; 0 where it is virtual."""
    return _NOISE_BYTES * n if name == "noise" else 0


def _wave(n: int, rng: np.random.Generator) -> Oscillations:
    possible = np.arange(1 if n > 1 else 0, min(n, _FREQUENCIES))
    frequencies = rng.choice(possible, min(_OSCILLATIONS, possible.size), replace=False)
    # In units that make amplitudes, and so elements, about 1 whatever the size.
    coefficients = rng.standard_normal(frequencies.size) * np.sqrt(n / 2)
    return Oscillations(n, _terms(frequencies, coefficients))


def _sparse(n: int, rng: np.random.Generator) -> Coordinates:
    half = _ELEMENTS // 2
    first = rng.integers(0, min(n, 64), half)
    positions = np.unique(np.concatenate([first, rng.integers(0, n, half)]))
    return Coordinates(n, _terms(positions, rng.standard_normal(positions.size)))


def _terms(indices: Array, values: Array) -> dict[int, float]:
    return dict(sorted(zip(indices.tolist(), values.tolist(), strict=True)))
