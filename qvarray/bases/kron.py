"""Kronecker products of bases: of an axis that is made by merging axes, as reshaping does."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from .base import Array, Basis, Term
from .blocked import of_blocks
from .merged_axes import (
    Merged,
    Parts,
    constant_indices,
    join_indices,
    split_indices,
    synthesised,
    transformed,
)
from .power_of_two import is_power_of_two
from .registry import register_family
from .separable import grid
from .standard import STANDARD
from .walsh import WALSH, of_bits


@dataclass(frozen=True)
class Kron(Merged):
    """Products of a function of each of several bases: of axes that are merged, in C order.

    Attributes
    ----------
    factored : tuple of (Basis, int)
        The bases and the lengths of those axes. The merged one has the product of the lengths.
    """

    factored: tuple[tuple[Basis, int], ...]

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"kron({', '.join(f'{basis.name}, {n}' for basis, n in self.factored)})"

    @property
    def is_complex(self) -> bool:  # type: ignore[override]
        return any(basis.is_complex for basis, _ in self.factored)

    @property
    def conjugate(self) -> Basis:
        return of_parts([(basis.conjugate, n) for basis, n in self.factored])

    def check_length(self, n: int) -> None:
        length = prod(n for _, n in self.factored)
        # On an axis of length 1 every basis is the identity.
        if n not in (0, 1, length):
            raise ValueError(f"basis {self} is of axes of length {length}, got length {n}")

    def coefficient_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        return reduce(lambda kind, part: part[0].coefficient_dtype(kind), self.factored, dtype)

    def rounding(self, n: int, dtype: np.dtype[Any]) -> float:
        return sum(basis.rounding(m, dtype) for basis, m in self.parts(n))

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        return [(basis, length if n != 1 else 1) for basis, length in self.factored]

    def two(self, n: int) -> tuple[Basis, int, Basis, int]:
        (first, length), *rest = self.parts(n)
        return first, length, of_parts(rest), prod(m for _, m in rest)

    def merge(self, parts: Parts) -> Basis:
        return of_parts(parts)

    def _each(self, n: int, indices: Array, ask: Callable[[Basis, int, Array], Any]) -> list[Any]:
        """Ask the basis of every part, given its length and the indices along it."""
        parts = self.parts(n)
        along = split_indices(indices, parts)
        return [ask(basis, m, part) for (basis, m), part in zip(parts, along, strict=True)]

    def reflect(self, n: int, indices: Array) -> Array:
        return join_indices(self._each(n, indices, lambda b, m, k: b.reflect(m, k)), self.parts(n))

    def analyse(self, samples: Array, axis: int) -> Array:
        return transformed(samples, axis, self.parts(samples.shape[axis]))

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        return synthesised(coefficients, axis, self.parts(coefficients.shape[axis]), overwrite)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        places = iter(split_indices(positions, self.parts(n)))
        return prod(self._each(n, indices, lambda b, m, k: b.elements(m, next(places), k, precise)))

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        return prod(self._each(n, indices, lambda b, m, k: b.sums(m, k, dtype)))

    def constants(self, n: int, most: int) -> Array | None:
        return constant_indices(self.parts(n), most)

    def peaks(self, n: int, indices: Array) -> Array:
        return prod(self._each(n, indices, lambda b, m, k: b.peaks(m, k)))

    def layers(self, n: int, indices: Array) -> Array:
        return join_indices(self._each(n, indices, lambda b, m, k: b.layers(m, k)), self.parts(n))

    def supports(self, n: int, indices: Array) -> Array | None:
        each = self._each(n, indices, lambda b, m, k: b.supports(m, k))
        if all(numbers is None for numbers in each):
            return None
        zero = np.zeros(indices.size, np.int64)
        return join_indices([zero if k is None else k for k in each], self.parts(n))

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        parts = self.parts(n)
        sums = [(np.arange(i.size), np.zeros(i.size, np.int64), np.ones(i.size, dtype))]
        both = zip(parts, split_indices(i, parts), split_indices(j, parts), strict=True)
        for (basis, m), along_i, along_j in both:
            longer = []
            for chosen, index, factors in sums:
                terms = basis.products(m, along_i[chosen], along_j[chosen], dtype)
                if terms is None:
                    return None
                for keep, indices, more in terms:
                    kept = slice(None) if keep is None else keep
                    longer.append((chosen[kept], index[kept] * m + indices, factors[kept] * more))
            sums = longer
        out = []
        for chosen, index, factors in sums:
            keep = np.zeros(i.size, bool)
            keep[chosen] = True
            out.append(Term(keep, index, factors))
        return out

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        first, length, rest, inner = self.two(n)
        row, place = np.divmod(indices.astype(np.int64), inner)
        kind = np.result_type(values.dtype, self.coefficient_dtype(np.dtype(np.float64)))
        out = np.empty(stop - start, kind)
        position = start
        while position < stop:
            begin, local = divmod(position, inner)
            end = stop // inner
            if local == 0 and end > begin:
                axes = [(first, length, range(begin, end), row), (rest, inner, range(inner), place)]
                piece = grid(axes, values).reshape(-1)
            else:
                here = values * first.elements(length, np.array([begin]), row)[0]
                piece = rest.page(inner, local, min(inner, local + stop - position), place, here)
            out[position - start : position - start + piece.size] = piece
            position += piece.size
        return out


def of_parts(parts: Parts) -> Basis:
    """Return the basis of a merged axis; of the fewest parts, and without a part of length 1.

    >>> str(of_parts([(STANDARD, 2), (WALSH, 2), (WALSH, 4)])), str(of_parts([(WALSH, 1)]))
    ('walsh(7)', 'standard')
    """
    flat: list[tuple[Basis, int]] = []
    for basis, n in chain.from_iterable(outer.parts(m) for outer, m in parts):
        if n == 1:
            continue
        if flat and flat[-1][0] == basis and basis.is_kronecker_closed:
            flat[-1] = basis, flat[-1][1] * n
        else:
            flat.append((basis, n))
    if len(flat) < 2:
        return flat[0][0] if flat else STANDARD
    if all(basis in (STANDARD, WALSH) and is_power_of_two(n) for basis, n in flat):
        mask = 0
        for basis, n in flat:
            mask = mask * n + (n - 1 if basis is WALSH else 0)
        return of_bits(mask)
    if flat[0][0].is_standard:
        rest = flat[1:]
        return of_blocks(
            rest[0][0] if len(rest) == 1 else Kron(tuple(rest)), prod(n for _, n in rest)
        )
    return Kron(tuple(flat))


def of_arguments(*arguments: Basis | int) -> Basis:
    """Return the basis of an axis that is made of others: of basis, length, basis, length…"""
    if not arguments or len(arguments) % 2:
        raise TypeError("kron takes a basis and a length for each of one or more axes")
    parts = []
    for basis, n in zip(arguments[::2], arguments[1::2], strict=True):
        if not isinstance(basis, Basis):
            raise TypeError(f"kron takes a basis and a length by turns, got {basis!r}")
        n = operator.index(n)  # type: ignore[arg-type]
        if n < 1:
            raise ValueError(f"axes that are merged have a length of at least 1, got {n}")
        basis.check_length(n)
        parts.append((basis, n))
    return of_parts(parts)


register_family("kron", Kron, of_arguments)
