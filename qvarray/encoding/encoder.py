"""`Encoder`: the coefficients of one array that stay, as they are or quantised, and their bound."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import prod, sqrt
from typing import Any, NamedTuple

import numpy as np

from ..bases import STANDARD, Basis, all_standard
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, pays_sparse
from ..ops.basis_change import coefficient_dtype, energy, norm, sample_dtype
from ..sources.packed import Packed, packed, scan_of, sequence
from ..sources.packing import Whole
from ..sources.quantize import ROUND_UP, Kind
from . import guesses
from .choice import (
    DOUBLE,
    SLACK,
    Choice,
    Tolerance,
    budget_left,
    choose_within,
    needs_more,
    quantised_within,
    refuse_kind,
    require_few,
    require_top,
)
from .choose_bases import chosen
from .quantised import coded
from .sequences import Numbers, coefficients_of, numbers_of
from .transforms import (
    Rounding,
    Trials,
    blocked_choices,
    bound_of_encoding,
    choices,
    combinations,
    in_units,
    names_of,
    pieces_of,
    require_range,
    rounding_of,
    scaled,
    uniform,
    varied,
)

# Axes up to which every combination of bases is tried, beyond it one axis after the other.
_EXHAUSTIVE_AXES = 3

# Powers of two that squares of elements are in double precision with, summed, too.
_MODEST = 64
_SQUARES = 400

# How much errors differ at which bases are not chosen anew.
_ALIKE = 1.02

#: Kinds that are multiples of one step.
INTEGERS: tuple[Whole, ...] = ("int8", "int16")


def _mirror(shape: tuple[int, ...], bases: tuple[Basis, ...]) -> Array:
    """For each coefficient of a real array, the position of its conjugate, shape (N,)."""
    out = np.zeros((1,) * len(shape), np.int64)
    for axis, (basis, n) in enumerate(zip(bases, shape, strict=True)):
        along = basis.reflect(n, np.arange(n)).reshape((n,) + (1,) * (len(shape) - axis - 1))
        out = out * n + along
    return np.broadcast_to(out, shape).ravel()


class _Found(NamedTuple):
    """The best bases so far, and what it takes in them."""

    coefficients: Array
    bases: tuple[Basis, ...]
    choice: Choice
    cost: tuple[float, float, float]


class Encoder:
    """One array of finite numbers, in as many bases as are tried.

    Attributes
    ----------
    tolerance : Tolerance
        May be set anew: what does not depend on it is kept.
    """

    def __init__(self, x: Array) -> None:
        self.x = x
        self.tolerance = Tolerance(None, None)
        self._latest: tuple[tuple[Basis, ...], Array] | None = None
        # Integers that are not 0, of those that were coded last.
        self._active = 0
        # Bases that were chosen, and at which error.
        self._chosen: tuple[float, tuple[Basis, ...]] = 0.0, ()
        self.largest = max(map(self._top, pieces_of(x)), default=0.0)
        # Powers of two scale exactly; then squares neither overflow nor vanish.
        exponent = int(np.frexp(self.largest)[1])
        self.exponent = exponent if abs(exponent) > _MODEST else 0
        self.norm = norm(np.array([norm(self._scaled(part)) for part in pieces_of(x)]))
        # Infinite, or 0, where that is beyond double precision.
        with np.errstate(over="ignore"):
            self.whole = float(np.ldexp(self.norm, self.exponent))

    def _top(self, part: Array) -> np.floating[Any]:
        """Return the largest magnitude; of complex numbers, whose own may overflow, of a part."""
        wide = in_units(part, 0)
        parts = [wide.real, wide.imag] if wide.dtype.kind == "c" else [wide]
        return max(max(some.max(), -some.min()) for some in parts)

    def _scaled(self, part: Array) -> Array:
        return in_units(part, self.exponent)

    @property
    def samples(self) -> Array:
        """All elements, in units of ``2 ** exponent``. Not to be written to."""
        return self._scaled(self.x)

    def coefficients(self, bases: tuple[Basis, ...]) -> Array:
        """Return the coefficients, kept until they are asked for in other bases. O(N log N)."""
        if self._latest is None or self._latest[0] != bases:
            # Both at once would take more memory.
            self._latest = None
            self._latest = bases, coefficients_of(self.x, bases, self.exponent)
        return self._latest[1]

    def rounding(self, bases: tuple[Basis, ...]) -> Rounding:
        return rounding_of(self.x.dtype, self.x.shape, bases, self.whole)

    def allowance(self, bases: tuple[Basis, ...]) -> float:
        """Bound the relative error of transforms there and back, and of keeping their results."""
        return 0.0 if all_standard(bases) else sum(self.rounding(bases))

    def _bound(self, relative: float) -> ErrorBound | None:
        """Return the bound of the result.

        Raises
        ------
        ValueError
            Where the norm is so small, or so large, that it is over the tolerance.
        """
        error = bound_of_encoding(relative, self.norm, self.exponent)
        tol = self.tolerance.tol
        if error is not None and tol is not None and error.relative > tol:
            raise ValueError(
                f"tol={tol!r} cannot be told of elements up to {self.largest}: scale the array"
            )
        return error

    def choose(self, coefficients: Array, bases: tuple[Basis, ...]) -> Choice:
        """Choose coefficients to keep, by `tol` and, whatever that drops, `max_active`."""
        return choose_within(*self._weighed(coefficients, bases), self.tolerance.max_active)

    def _weighed(
        self, coefficients: Array, bases: tuple[Basis, ...]
    ) -> tuple[Array, Array | None, float]:
        """Return magnitudes, where conjugates are, and what may be dropped of the norm."""
        magnitudes = np.abs(coefficients).ravel().astype(np.float64)
        if self.norm:
            magnitudes /= self.norm
        tol = self.tolerance.tol
        if tol is None:
            # Lossless, to rounding: what is smaller than that is noise of the transform.
            relative = self.rounding(bases).analysis
        else:
            relative = max(tol * SLACK - self.allowance(bases), 0.0)
        mirror = None
        if self.x.dtype.kind != "c" and any(basis.is_complex for basis in bases):
            mirror = _mirror(self.x.shape, bases)
        return magnitudes, mirror, relative

    def _useful(self, bases: tuple[Basis, ...], best: _Found | None) -> int:
        """Return the most coefficients that are of less cost than the best so far."""
        if best is None or self.tolerance.max_active is not None:
            return self.x.size
        if best.cost[1] < self.x.size:
            return int(best.cost[1])
        low, high = 0, self.x.size
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (low, middle - 1) if self.stores_all(middle, bases) else (middle, high)
        return low

    def can_meet(self, bases: tuple[Basis, ...]) -> bool:
        """Tell whether rounding alone stays within the tolerance."""
        return self.tolerance.tol is None or self.allowance(bases) <= self.tolerance.tol

    def stores_all(self, kept: int, bases: tuple[Basis, ...]) -> bool:
        """Tell whether `kept` eigenvalues with indices take no less than one at every position."""
        cap = self.tolerance.max_active
        stored = coefficient_dtype(bases, sample_dtype(bases, self.x.dtype))
        if cap is not None and cap < self.x.size:
            return False
        return not pays_sparse(kept, self.x.size, stored)

    def store(self, coefficients: Array, bases: tuple[Basis, ...], choice: Choice) -> Spectrum:
        if self.stores_all(int(np.count_nonzero(choice.keep)), bases):
            # Then with what is there, not with zeros.
            choice = Choice(coefficients.ravel() != 0, 0.0)
        indices = np.flatnonzero(choice.keep)
        return self._kept(bases, indices, coefficients.ravel()[indices], choice.dropped)

    def _kept(
        self, bases: tuple[Basis, ...], indices: Array, values: Array, dropped: float
    ) -> Spectrum:
        """Store some coefficients, and the norm of all others, relative to the whole."""
        dtype = sample_dtype(bases, self.x.dtype)
        if all_standard(bases):
            values = self.x.ravel()[indices]
        else:
            values = scaled(values, self.exponent)
            values = values.astype(coefficient_dtype(bases, dtype), copy=False)
            if not np.isfinite(values).all():
                raise ValueError(
                    f"coefficients in basis {names_of(bases)} of elements up to {self.largest} "
                    f"overflow {values.dtype}; use basis='standard' or scale the array"
                )
        error = self._bound(dropped + self.allowance(bases))
        if not all_standard(bases) and self.norm:
            lost = float("inf") if error is None else error.absolute
            require_range(self.x.dtype, self.x.shape, bases, float(self.largest) + lost, self.whole)
        return compact(self.x.shape, dtype, bases, values, indices, dtype.type(0), error=error)

    def best(self) -> _Found:
        """Find the bases, one an axis, that need the fewest eigenvalues."""
        whole = [choices(n) for n in self.x.shape]
        options = [[basis for basis in some if basis.encode_mixed] for some in whole]
        found = None
        if sum(len(some) > 1 for some in options) <= _EXHAUSTIVE_AXES:
            found = self._best_of(combinations(self.samples, options))
        else:
            # Axis by axis, twice: later choices may change what is best for the first.
            bases = tuple(some[0] for some in options)
            for axis in (*range(len(options)), *range(len(options))):
                found = self._best_of(varied(self.samples, bases, axis, options[axis]))
                bases = found.bases
        blocks = [
            [*(basis for basis in some if not basis.encode_mixed), *blocked_choices(n)]
            for some, n in zip(whole, self.x.shape, strict=True)
        ]
        found = self._best_of(uniform(self.samples, blocks), found)
        for axis, some in enumerate(blocks):
            found = self._best_of(varied(self.samples, found.bases, axis, some), found)
        return found

    def _best_of(self, trials: Trials, best: _Found | None = None) -> _Found:
        for bases, coefficients in trials:
            if not self.can_meet(bases):
                continue
            weighed = self._weighed(coefficients, bases)
            if needs_more(*weighed, self._useful(bases, best)):
                continue
            choice = choose_within(*weighed, self.tolerance.max_active)
            kept = int(np.count_nonzero(choice.keep))
            all_stored = self.stores_all(kept, bases)
            stored = (float(self.x.size), 0.0) if all_stored else (float(kept), choice.dropped)
            # Where `max_active` leaves out more than is allowed, what is lost counts first.
            missed = choice.dropped if choice.dropped > weighed[2] * (1.0 + 1e-9) else 0.0
            cost = (missed, *stored)
            if best is None or cost < best.cost:
                best = _Found(coefficients, bases, choice, cost)
        assert best is not None  # the standard basis meets any tolerance
        return best

    def packed(self, bases: tuple[Basis, ...], kinds: Sequence[Kind]) -> Packed:
        """Quantise the eigenvalues, within the tolerance, as the kind that takes the fewest bytes.

        Parameters
        ----------
        kinds : sequence of Kind
            `INTEGERS`, or one.

        Raises
        ------
        ValueError
            Where the tolerance cannot be met.
        """
        tol, max_active = self.tolerance
        # Elements that are computed are kept in their dtype, those of the standard basis, too.
        allowance = sum(self.rounding(bases)) + DOUBLE
        budget = None if tol is None else (tol * SLACK - allowance) * self.norm
        integers = [kind for kind in kinds if kind == "int8" or kind == "int16"]
        coefficients, dropped = None, 0.0
        if max_active is not None or not integers:
            coefficients = self.coefficients(bases)
        if max_active is not None and coefficients is not None:
            choice = self.choose(coefficients, bases)
            coefficients = np.where(choice.keep.reshape(coefficients.shape), coefficients, 0)
            dropped = choice.dropped * self.norm
            require_few(choice.dropped, self.tolerance)
            budget = budget_left(budget, dropped)
        if coefficients is not None and not integers:
            scan = scan_of(self.x.shape, bases, coefficients.dtype.kind == "c")
            quantised = quantised_within(sequence(scan, coefficients), kinds[0], budget, tol)
            most = float(np.abs(quantised.values).max(initial=0)) * quantised.step
            error = self._bound_of_quantised(bases, most, quantised.error, dropped, allowance)
            dtype = self.float_dtype
            return packed(self.x.shape, dtype, bases, kinds[0], quantised, self.exponent, error)
        numbers = self._numbers(bases, coefficients)
        return self._coded(numbers, bases, integers, budget, dropped, allowance)

    def _numbers(self, bases: tuple[Basis, ...], coefficients: Array | None = None) -> Numbers:
        """Return the numbers of all coefficients, of those that are held, or of others."""
        if self._latest is not None and self._latest[0] != bases:
            # Both at once would take more memory.
            self._latest = None
        if coefficients is None and self._latest is not None:
            coefficients = self._latest[1]
        return numbers_of(self.x, bases, self.exponent, coefficients)

    def _coded(
        self,
        numbers: Numbers,
        bases: tuple[Basis, ...],
        kinds: Sequence[Whole],
        budget: float | None,
        dropped: float,
        allowance: float,
    ) -> Packed:
        """Quantise numbers as integers: see `packed`."""
        tol, found = self.tolerance.tol, None
        if budget is not None and budget >= 0.0:
            # No coefficient is larger than the norm of a block.
            block = prod(
                basis.runs(n)[0].size for basis, n in zip(bases, self.x.shape, strict=True)
            )
            largest = 2.0 * block**0.5 * float(np.ldexp(float(self.largest), -self.exponent))
            total = sqrt(max(0.0, self.norm**2 - dropped**2))
            found = coded(numbers, budget, total, largest, kinds)
        if found is None:
            refuse_kind(kinds[0], tol)
        self._active = found.active
        most = found.most * found.step
        error = self._bound_of_quantised(bases, most, found.error, dropped, allowance)
        is_in_range = self.x.dtype.kind != "c" and abs(self.exponent) < _SQUARES
        if error is not None and is_in_range and not dropped:
            known = found.known.scaled(2.0**self.exponent)
            error = ErrorBound(error.absolute, error.reference, known)
        out = Packed(
            self.x.shape,
            self.float_dtype,
            bases,
            found.kind,
            found.step,
            self.exponent,
            found.store,
            found.escapes,
            error,
        )
        if is_in_range:
            out.total = float(np.ldexp(found.sum, self.exponent))
            out.square = float(np.ldexp(found.square, 2 * self.exponent))
        return out

    @property
    def float_dtype(self) -> np.dtype[Any]:
        """The dtype of the elements that are computed from quantised coefficients."""
        return self.x.dtype if self.x.dtype.kind in "fc" else np.dtype(np.float64)

    def _bound_of_quantised(
        self,
        bases: tuple[Basis, ...],
        most: float,
        lost: float,
        dropped: float,
        allowance: float,
    ) -> ErrorBound | None:
        """Return the bound, after checks of what may overflow."""
        require_top(most, self.exponent, self.float_dtype, bases, float(self.largest))
        if not self.norm:
            return None
        lost = float(np.hypot(lost, dropped)) * (1.0 + DOUBLE)
        error = self._bound(lost / self.norm + allowance)
        if error is not None:
            most = float(self.largest) + error.absolute
            require_range(self.x.dtype, self.x.shape, bases, most, self.whole)
        return error

    def smallest(self, kind: Kind) -> Packed:
        """Quantise the array in the bases, one an axis, in which it takes the fewest bytes."""
        if self.tolerance.tol is None or kind not in INTEGERS:
            return self.packed(self.best().bases, [kind])
        return self.packed(self.promising(), [kind])

    def fewest_bytes(self, bases: tuple[Basis, ...] | None) -> Spectrum | Packed:
        """Keep coefficients in full, or quantised: what takes the fewest bytes in the tolerance."""
        bases = self.promising() if bases is None else bases
        # Integers that are stored as what they are keep their dtype.
        found = None
        if self.x.dtype.kind in "fc" or not all_standard(bases):
            found = self._quantised(bases)
        out = self._in_full(bases, found) or found
        assert out is not None
        return out

    def _quantised(self, bases: tuple[Basis, ...]) -> Packed | None:
        """Quantise to what takes the fewest bytes; None where the tolerance cannot be met."""
        best: Packed | None = None
        is_wide = self.float_dtype.type(0).real.itemsize > 4
        for kinds in (INTEGERS, ("float32",)) if is_wide else (INTEGERS,):
            # Integers that need about as many bits as floats take more in the end.
            if best is None or best.nbytes > 4 * self.x.size:
                with suppress(ValueError):
                    found = self.packed(bases, kinds)
                    best = found if best is None or found.nbytes < best.nbytes else best
        return best

    def _in_full(self, bases: tuple[Basis, ...], other: Packed | None) -> Spectrum | None:
        """Keep coefficients in full, if that takes fewer bytes than another way."""
        if other is None or self.tolerance.max_active is not None or other.is_complex:
            coefficients = self.coefficients(bases)
            choice = self.choose(coefficients, bases)
            require_few(choice.dropped, self.tolerance)
            found: Spectrum | None = self.store(coefficients, bases, choice)
        else:
            found = self._fewer(bases, other)
        return found if other is None or (found and found.nbytes < other.nbytes) else None

    def _fewer(self, bases: tuple[Basis, ...], other: Packed) -> Spectrum | None:
        """Keep coefficients in full, where they are few beside the bytes of integers.

        What is rounded to 0 is dropped in any case: no more than all that is lost.
        """
        each = coefficient_dtype(bases, sample_dtype(bases, self.x.dtype)).itemsize
        tol, is_integer = self.tolerance.tol, other.kind in INTEGERS
        if tol is None or (is_integer and self._about_kept(other, tol) * (each + 4) > other.nbytes):
            return None
        numbers = self._numbers(bases)
        least = (1.0 - ROUND_UP) * other.step if is_integer else 0.0
        places, values, begin, rest = [], [], 0, 0.0
        for part in range(numbers.count):
            some = numbers.read(part)
            large = np.abs(some) >= least
            where = np.flatnonzero(large)
            rest += energy(some[~large])
            places.append(where + begin)
            values.append(some[where])
            begin += some.size
        kept = np.concatenate(values)
        magnitudes = np.abs(kept) / (self.norm or 1.0)
        relative = max(tol * SLACK - self.allowance(bases), 0.0)
        out = (
            sqrt(rest) * (1.0 + self.x.size * float(np.finfo(np.float64).eps)) / (self.norm or 1.0)
        )
        left = budget_left(relative, out)
        if left is None or needs_more(magnitudes, None, left, other.nbytes // each):
            return None
        choice = choose_within(magnitudes, None, left, None)
        if self.stores_all(int(np.count_nonzero(choice.keep)), bases):
            return None
        indices = other.scan.positions(np.concatenate(places)[choice.keep])
        order = np.argsort(indices)
        dropped = float(np.hypot(choice.dropped, out))
        return self._kept(bases, indices[order], kept[choice.keep][order], dropped)

    def _about_kept(self, other: Packed, tol: float) -> float:
        """Estimate how many coefficients have to be kept within the tolerance, from integers.

        What is lost of those that are not zero is about a twelfth of the square of a step each, and
        may be a little more of all. In its place the smallest of them may be dropped.
        """
        count = self._active
        room = count / 12.0 + 0.1 * (tol * self.norm / other.step) ** 2
        return max(count - room / (1.0 - ROUND_UP) ** 2, 0.0)

    def promising(self) -> tuple[Basis, ...]:
        """Return the bases, one an axis, in which coefficients take the fewest bits."""
        tol = self.tolerance.tol
        assert tol is not None
        budget = tol * self.norm
        if not budget > 0.0:
            return (STANDARD,) * self.x.ndim
        at, bases = self._chosen
        if not at / _ALIKE <= budget <= at * _ALIKE:
            distortion = budget * budget / self.x.size
            bases = chosen(self.x, self.exponent, distortion, self.can_meet, self.coefficients)
            self._chosen = budget, bases
        return bases

    def keep(self, bases: tuple[Basis, ...], tol: float) -> None:
        """Keep bases that were chosen at a tolerance that is near another one."""
        self._chosen = tol * self.norm, bases

    def error_of_size(self, bases: tuple[Basis, ...], limit: float) -> float | None:
        """Guess the relative error of integers of so many bytes."""
        found = guesses.of_size(self._numbers(bases), limit)
        return found / self.norm if found and self.norm else None

    def error_of_largest(self, bases: tuple[Basis, ...], most: float) -> float | None:
        """Guess the relative error of integers at which no element is off by more."""
        with np.errstate(over="ignore", under="ignore"):
            most = float(np.ldexp(most, -self.exponent))
        found = guesses.of_error(self.x, bases, self.exponent, most)
        return found / self.norm if found and self.norm else None
