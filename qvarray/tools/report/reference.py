"""The evolving AND/OR transformation on virtual vectors in plain Python.

Dictionaries, lists and the `math` module: slow and short, so that it can be seen to be right.
What `qvarray` computes is held against it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import cos, pi, sin, sqrt


@dataclass(frozen=True, slots=True)
class Oscillations:
    """A vector of length `n` as coefficients of the orthonormal DCT-II: frequency -> value."""

    n: int
    terms: dict[int, float]

    def element(self, position: int) -> float:
        total = 0.0
        for frequency, coefficient in self.terms.items():
            # Whole turns are taken off in integers, which do not round.
            quarters = (2 * position + 1) * frequency % (4 * self.n) / self.n
            scale = sqrt((2 if frequency else 1) / self.n)
            total += coefficient * scale * cos(quarters * (pi / 2))
        return total

    def stored_bytes(self) -> int:
        return _dictionary_bytes(self.terms)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A vector of length `n` as its elements that are not zero: position -> value."""

    n: int
    terms: dict[int, float]

    def element(self, position: int) -> float:
        return self.terms.get(position, 0.0)

    def stored_bytes(self) -> int:
        return _dictionary_bytes(self.terms)


@dataclass(frozen=True, slots=True)
class Samples:
    """A vector as all of its elements."""

    values: list[float]

    @property
    def n(self) -> int:
        return len(self.values)

    def element(self, position: int) -> float:
        return self.values[position]

    def stored_bytes(self) -> int:
        return sys.getsizeof(self.values) + sum(map(sys.getsizeof, self.values))


Vector = Oscillations | Coordinates | Samples


@dataclass(frozen=True, slots=True)
class Evolved:
    """A transformed vector: the eigenvalues of the operator, and what is kept of the vector."""

    mode: str
    eigenvalues: dict[int, float]
    kept: Vector
    t: float = 1.0

    def element(self, position: int) -> complex:
        eigenvalue = self.eigenvalues.get(position, 0.0)
        before = self.kept.element(position)
        if self.mode == "unitary":
            angle = self.t * eigenvalue
            return complex(cos(angle), -sin(angle)) * before
        return eigenvalue * before

    def stored_bytes(self) -> int:
        """Bytes of the dictionaries and lists, and of the numbers in them."""
        return _dictionary_bytes(self.eigenvalues) + self.kept.stored_bytes()


def apply(x: Vector, eigenvalues: dict[int, float], mode: str, t: float = 1.0) -> Evolved:
    """Transform a vector. O(k), or O(n) to keep all of a vector of samples.

    Parameters
    ----------
    eigenvalues : dict of int to float
        Of the operator, by position along its diagonal.
    mode : {"project", "residual", "unitary"}
        As in `qvarray.apply_evolving_and_or`.
    t : float
        Time of the unitary evolution.
    """
    kept: Vector = x
    if mode == "project":
        kept = Coordinates(x.n, {position: x.element(position) for position in eigenvalues})
    elif isinstance(x, Samples):
        kept = Samples(list(x.values))
    return Evolved(mode, eigenvalues, kept, t)


def reverse(y: Evolved) -> Vector:
    """Return the vector before, in mode ``"project"`` as far as it was kept. O(1)."""
    return y.kept


def _dictionary_bytes(terms: dict[int, float]) -> int:
    numbers = sum(sys.getsizeof(key) + sys.getsizeof(value) for key, value in terms.items())
    return sys.getsizeof(terms) + numbers
