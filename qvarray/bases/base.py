"""What every basis answers about itself, for one axis of an array: the class that bases derive."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Elements of functions that a page is summed from at once.
_CHUNK = 1 << 18


@dataclass(frozen=True)
class Run:
    """Neighbouring blocks of one size: ``count`` of them from position ``start`` on."""

    start: int
    size: int
    count: int

    @property
    def stop(self) -> int:
        return self.start + self.size * self.count


class Restriction(NamedTuple):
    """What coefficients become when the samples of an axis are chosen, rolled or repeated."""

    #: The basis of the axis afterwards.
    basis: Basis
    #: Which coefficients matter there; None means all of them. An ndarray of bool, shape (k,).
    keep: Array | None
    #: The new index of each coefficient that is kept; indices may repeat (their values add up). An
    #: ndarray of int64.
    indices: Array
    #: What each value is multiplied by; None means 1.
    factors: Array | None

    def kept(self, along: Array) -> Array:
        """Return the entries of an array of shape (k,) that belong to coefficients kept."""
        return along if self.keep is None else along[self.keep]

    def values(self, values: Array) -> Array:
        """Return what the values of all coefficients become."""
        kept = self.kept(values)
        return kept if self.factors is None else kept * self.factors

    def among(self, keep: Array) -> Restriction:
        """Return the same where the coefficients were those in `keep` of more. O(k)."""
        if self.keep is None:
            return self._replace(keep=keep)
        both = np.zeros_like(keep)
        both[np.flatnonzero(keep)[self.keep]] = True
        return self._replace(keep=both)


class Term(NamedTuple):
    """One function of those that make up the product of two, for each of m pairs."""

    #: Which pairs have such a term; None means all of them. An ndarray of bool, shape (m,).
    keep: Array | None
    #: The index of the function, for each pair that is kept; an ndarray of int64.
    indices: Array
    #: What it is multiplied by, 1 in the standard basis.
    factors: Any


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the floating dtype in which coefficients of samples of `dtype` are kept."""
    if dtype.kind in "biu":
        return np.dtype(np.float64)
    if dtype.type is np.float16:
        return np.dtype(np.float32)
    return dtype.newbyteorder("=")


def has_extended_precision(dtype: np.dtype[Any]) -> bool:
    """Tell whether numbers of a dtype have more digits than double precision."""
    return dtype.itemsize > (16 if dtype.kind == "c" else 8)


class Alike(NamedTuple):
    """Positions in groups, all over each of which every function of some has one value."""

    #: The first position of each group, sorted; an ndarray of int64, shape (m,).
    firsts: Array
    #: How many positions each group has; an ndarray of int64, shape (m,).
    counts: Array

    def over(self, inner: Alike, n: int) -> Alike:
        """Return the groups of an axis that is this one and a faster one of length n, merged."""
        return Alike(
            np.add.outer(self.firsts * n, inner.firsts).ravel(),
            np.multiply.outer(self.counts, inner.counts).ravel(),
        )


#: The groups of the only position of an axis of length 1.
ALONE = Alike(np.zeros(1, np.int64), np.ones(1, np.int64))


def alike_stretches(n: int, indices: Array, most: int) -> Alike | None:
    """Group positions of waves whose stretches of ``n / gcd`` samples are the first, or mirrored.

    The greatest common divisor is that of the frequencies, `indices`, and the length n.
    """
    each = int(np.gcd.reduce(indices.astype(np.int64, copy=False), initial=n))
    length = n // each
    if length > most:
        return None
    return Alike(np.arange(length), np.full(length, each))


def alike_besides(n: int, places: Array, most: int) -> Alike | None:
    """Group all positions of an axis but some, each of which is alone."""
    firsts = np.unique(places).astype(np.int64, copy=False)
    counts = np.ones(firsts.size, np.int64)
    if firsts.size < n:
        # The positions ahead of the first of the others are 0, 1, 2…
        rest = int(np.flatnonzero(firsts != np.arange(firsts.size)).min(initial=firsts.size))
        firsts, counts = np.insert(firsts, rest, rest), np.insert(counts, rest, n - firsts.size)
    return Alike(firsts, counts) if firsts.size <= most else None


@dataclass(frozen=True)
class Basis(ABC):
    """An orthonormal basis of the samples along one axis of length n.

    A basis is a value: two of the same kind are equal and interchangeable. The length is not
    part of it, and is passed to what needs it.

    A new basis has a `name`, `analyse`, `synthesise` and `elements`, in a file of its own that
    ends with ``register(…)``, and is imported in ``qvarray/bases/__init__.py``. It also has `sums`
    and `constants` unless function 0 is the constant, and `conjugate` and `reflect` if it is
    complex. All other questions have an answer that is right for any basis, and slow where the
    basis could do better: ``hartley.py`` is an example of one that does.
    """

    #: What users, files and printed arrays call it.
    name: ClassVar[str]
    #: Whether samples that are real have coefficients that are complex.
    is_complex: ClassVar[bool] = False
    #: Whether a coefficient is an element, of any dtype.
    is_standard: ClassVar[bool] = False
    #: Place among the bases that ``encode`` tries, those first that are the cheapest to compute
    #: with: of two that need equally many coefficients it takes the first. None: it never does.
    encode_rank: ClassVar[int | None] = None
    #: Whether ``encode`` tries it beside every basis of the other axes, or once a best is found.
    encode_mixed: ClassVar[bool] = True
    #: Whether ``encode`` tries it on blocks of an axis.
    encode_on_blocks: ClassVar[bool] = False
    # "blocks" of consecutive samples, "combs" of samples at a stride (by `comb`), "mirrored combs"
    # that go on where the axis is reflected at its end, or "any" of them.
    #: Parts of a long axis that are cheap to synthesise.
    cheap_pages: ClassVar[Literal["any", "blocks", "combs", "mirrored combs"]] = "any"
    #: The group whose convolutions are the operators that are diagonal in this basis: element
    #: (i, j) of one depends on ``i - j`` modulo n ("cyclic"), or on ``i ^ j`` ("dyadic").
    group: ClassVar[Literal["cyclic", "dyadic"] | None] = None
    #: Whether coefficients ``k > n // 2`` of real samples are conjugates of those before.
    is_halved: ClassVar[bool] = False
    #: Whether two axes in this basis, merged in C order, are one axis in this basis.
    is_kronecker_closed: ClassVar[bool] = False

    def __str__(self) -> str:
        return self.name

    @property
    def conjugate(self) -> Basis:
        """The basis of the complex conjugates of this basis' functions."""
        return self

    def check_length(self, n: int) -> None:
        """Raise ValueError where an axis of length `n` cannot have this basis."""

    def can_have(self, n: int) -> bool:
        """Tell whether an axis of length `n` can have this basis."""
        try:
            self.check_length(n)
        except ValueError:
            return False
        return True

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        """Return the bases and lengths of the axes that one of length n is made of, in C order."""
        return [(self, n)]

    def can_split(self, first: int, indices: Callable[[], Array]) -> bool:
        """Tell whether an axis is two in this basis in C order, the first one of length `first`.

        Parameters
        ----------
        first : int
            A divisor of the length.
        indices : callable
            Returns those of the active coefficients along the axis, for bases where it depends.
        """
        return False

    def runs(self, n: int) -> list[Run]:
        """Return the blocks that are transformed on their own: by default there is one."""
        return [Run(0, n, 1)]

    def frequencies(self, n: int, indices: Array) -> Array:
        """Return a number below n for each function that is larger the more often it oscillates."""
        return np.minimum(indices, self.reflect(n, indices))

    def coefficient_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """Return the dtype of the coefficients of samples of `dtype`."""
        dtype = working_dtype(dtype)
        return np.result_type(dtype, np.complex64) if self.is_complex else dtype

    def rounding(self, n: int, dtype: np.dtype[Any]) -> float:
        """Bound the relative L2 error of a transform of n samples, in units of epsilon of `dtype`.

        Each of the log2(n) stages of a fast orthonormal transform multiplies by a unitary and
        rounds (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., theorem 24.2).
        """
        return 2.0 * log2(max(n, 1))

    def reflect(self, n: int, indices: Array) -> Array:
        """Return the indices, in this basis, of the conjugates of the functions at `indices`."""
        return indices

    @abstractmethod
    def analyse(self, samples: Array, axis: int) -> Array:
        """Turn samples into coefficients along `axis`: a new array of floats. O(N log n)."""

    @abstractmethod
    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        """Turn coefficients into samples along `axis`: the inverse of `analyse`. O(N log n).

        With `overwrite`, the array given may be destroyed, or be the result.
        """

    def most_of_sample(self, n: int) -> int:
        """Return how many coefficients one sample has at most; `analyse_few` if fewer than n."""
        return n

    def analyse_few(self, n: int, places: Array, values: Array) -> tuple[Array, Array]:
        """Turn few samples of lines of length n into coefficients.

        Parameters
        ----------
        n : int
        places : ndarray of int64, shape (k,)
            ``line * n + position``, sorted and unique.
        values : ndarray of floats, shape (k,)

        Returns
        -------
        tuple of ndarray
            Places and values of the coefficients, in any order; what is at one place adds up.
        """
        raise NotImplementedError

    def real_samples(self, coefficients: Array, axis: int) -> Array:
        """Return the real parts of what `synthesise` returns; it may destroy the array given."""
        return self.synthesise(coefficients, axis, overwrite=True).real

    def sum_of_few(
        self, n: int, indices: Array, values: Array, is_real: bool, out: Array | None = None
    ) -> Array | None:
        """Return all n samples of some coefficients, or their real parts; None: scatter them all.

        Indices may repeat: what is at one of them adds up. `out` is memory that may be used, where
        it has the shape and the dtype of the samples.
        """
        return None

    def half_of_samples(self, samples: Array, axis: int) -> Array:
        """Return coefficients 0 to ``n // 2`` of real samples, in a basis that is halved."""
        raise NotImplementedError

    def samples_of_half(self, half: Array, n: int, axis: int) -> Array:
        """Undo `half_of_samples`: n real samples. The array given is not changed."""
        raise NotImplementedError

    @abstractmethod
    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        """Evaluate basis function k at position p.

        Parameters
        ----------
        n : int
            Length of the axis.
        positions, indices : ndarray of int, shape (m,) and (k,), in [0, n)
        precise : bool
            Compute in ``np.longdouble``, slowly.

        Returns
        -------
        ndarray, shape (m, k)

        Notes
        -----
        O(m · k), whatever n is.
        """

    def factors(self, n: int, positions: range, indices: Array, precise: bool) -> list[Array]:
        """Return matrices whose row-wise Kronecker product holds the elements at `positions`.

        The product may have more rows than there are positions; the first ``len(positions)``
        count. Two matrices of sqrt(m) rows cost far less to fill than one of m rows.
        """
        return [self.elements(n, as_indices(positions), indices, precise)]

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        """Return the coefficients of the samples at `positions`, if each becomes one. O(k).

        Returns
        -------
        Restriction or None
            None where the restriction needs more than one coefficient for each.
        """
        if positions == range(n):
            return Restriction(self, None, indices, None)
        if len(positions) == 1:
            # On an axis of length 1 every basis is the identity.
            factors = self.elements(n, as_indices(positions), indices)[0]
            return Restriction(self, None, np.zeros(indices.size, np.int64), factors)
        return None

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        """Return coefficients of the samples `times` times one after the other, as `restrict`.

        `times` is 2 at least.
        """
        return None

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        """Return coefficients of every sample `times` times in a row, as `tile`."""
        return None

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        """Return coefficients of the samples rolled by `shift`, 0 < shift < n, as `restrict`."""
        return None

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        """Return coefficients of the samples at ``p ^ mask`` for every position p, as `restrict`.

        ``0 < mask < n``, and n is a multiple of a power of two above the mask.
        """
        return self.restrict(n, range(n)[::-1], indices) if mask == n - 1 else None

    def peaks(self, n: int, indices: Array) -> Array:
        """Bound the absolute values of each function, shape (k,)."""
        # A function of norm 1 has no larger ones.
        return np.ones(indices.size)

    def layers(self, n: int, indices: Array) -> Array:
        """Assign each function a number below n, so that those of one number do not overlap.

        No two of them are both not 0 anywhere.
        """
        return indices

    def supports(self, n: int, indices: Array) -> Array | None:
        """Assign each function a number below n; those of different numbers do not overlap.

        None where all functions may overlap.
        """
        return None

    def alike(self, n: int, indices: Array, most: int) -> Alike | None:
        """Group positions of an axis that functions do not tell apart, in at most `most` groups.

        None where there are more, or where that is not known.

        `indices` (ndarray of int, shape (k,)): of the functions; they may repeat.
        """
        parts = self.parts(n)
        if parts == [(self, n)] or n == 1:
            return Alike(np.arange(n), np.ones(n, np.int64)) if n <= most else None
        out, length = ALONE, 1
        for basis, m in reversed(parts):
            indices, along = np.divmod(indices, m)
            part = basis.alike(m, along, most // out.firsts.size)
            if part is None:
                return None
            out, length = part.over(out, length), length * m
        return out

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        """Return what the products of functions i and j are sums of, or None if not closed.

        Parameters
        ----------
        n : int
            Length of the axis.
        i, j : ndarray of int64, shape (m,)
            The two functions of every pair.
        dtype : numpy.dtype
            A real one, of the factors.
        """
        return None

    def cover(self, n: int, positions: range) -> range:
        """Return positions of step 1 that `restrict` is closed under, and that hold `positions`.

        Where it is not closed, the samples at `positions`, not empty, are best had from these.
        """
        return range(n)

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        """Sum each function over the axis, shape (k,), in a real `dtype`.

        Unless a basis says otherwise, its function 0 is the constant ``n ** -0.5``, to which all
        others are orthogonal.
        """
        return np.where(indices == 0, np.sqrt(dtype.type(n)), dtype.type(0))

    def constants(self, n: int, most: int) -> Array | None:
        """Return the sorted indices of the functions that the constant 1 is a sum of.

        Its coefficients are what `sums` gives for them. None where they are more than `most`.
        """
        return np.zeros(1, np.int64)

    def comb(
        self, n: int, positions: range, indices: Array, values: Array, out: Array | None = None
    ) -> Array | None:
        """Synthesise the samples at a stride that divides n; None where no fast way is known.

        Parameters and result are those of `page`, with ``len(positions) * positions.step == n``;
        ``2 * n`` for a mirrored comb, where positions p beyond the end mean ``2 * n - 1 - p``.
        `out` as of `sum_of_few`.
        """
        return None

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        """Synthesise the samples in ``[start, stop)`` of an axis with few coefficients.

        Parameters
        ----------
        n, start, stop : int
            ``0 <= start <= stop <= n``.
        indices, values : ndarray, shape (k,)
            The coefficients; all others are 0.

        Returns
        -------
        ndarray, shape (stop - start,)
            Float64 or wider; complex where `values` or the basis are.

        Notes
        -----
        O(k · m) for m samples, unless the basis knows better.
        """
        positions, precise = as_indices(range(start, stop)), has_extended_precision(values.dtype)
        kind = np.result_type(values.dtype, self.coefficient_dtype(np.dtype(np.float64)))
        out = np.zeros(stop - start, kind)
        step = max(1, _CHUNK // max(1, stop - start))
        for first in range(0, indices.size, step):
            part = slice(first, first + step)
            out += self.elements(n, positions, indices[part], precise) @ values[part]
        return out


def as_indices(positions: range) -> Array:
    """Return a range as an ndarray of int64."""
    step = positions.step
    out = np.arange(len(positions), dtype=np.int64)
    out *= step
    out += positions.start
    return out
