"""`Encoder`: the coefficients of one array that stay, as they are or quantised, and their bound."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from ..bases import STANDARD, Basis, all_standard, working_dtype
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, pays_sparse
from ..ops.basis_change import coefficient_dtype, norm, sample_dtype
from ..sources.packed import Packed, packed, scan_of, sequence
from ..sources.packed_uncertainty import known_residual
from ..sources.quantize import Kind, Quantised
from ..sources.scan_order import Scan
from .choice import (
    DOUBLE,
    SLACK,
    Choice,
    Tolerance,
    budget_left,
    choose_within,
    needs_more,
    quantised_within,
    require_few,
    require_top,
)
from .choose_bases import ranked
from .transforms import (
    Rounding,
    Trials,
    analysed,
    blocked_choices,
    bound_of_encoding,
    choices,
    combinations,
    names_of,
    require_range,
    rounding_of,
    scaled,
    uniform,
    varied,
)

__all__ = ["INTEGERS", "Encoder"]


# Axes up to which every combination of bases is tried, beyond it one axis after the other.
_EXHAUSTIVE_AXES = 3


# Number of bases, the best by estimate, in which coefficients are packed to see what they take.
_TRIED = 3

#: Kinds that are multiples of one step.
INTEGERS: tuple[Kind, ...] = ("int8", "int16")

# Of how many coefficients one may be kept aside, with its place, without it taking more bytes.
_RARE = 16


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
        # Transforms are computed in double precision, or wider where the samples are.
        self.wide = np.result_type(working_dtype(x.dtype), np.float64)
        samples = x.astype(self.wide)
        # Of complex numbers, the larger part: their absolute value may overflow.
        parts = [samples.real, samples.imag] if samples.dtype.kind == "c" else [samples]
        self.largest = max(np.abs(part).max(initial=0) for part in parts)
        # Powers of two scale exactly; then squares neither overflow nor vanish.
        self.exponent = int(np.frexp(self.largest)[1])
        self.samples = scaled(samples, -self.exponent)
        self.norm = norm(self.samples)
        # Infinite, or 0, where that is beyond double precision.
        with np.errstate(over="ignore"):
            self.whole = float(np.ldexp(self.norm, self.exponent))

    def coefficients(self, bases: tuple[Basis, ...]) -> Array:
        """Return the coefficients, kept until they are asked for in other bases. O(N log N)."""
        if self._latest is None or self._latest[0] != bases:
            # Both at once would take more memory.
            self._latest = None
            self._latest = bases, analysed(self.samples, bases)
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
        dtype = sample_dtype(bases, self.x.dtype)
        if self.stores_all(int(np.count_nonzero(choice.keep)), bases):
            # Then with what is there, not with zeros.
            choice = Choice(coefficients.ravel() != 0, 0.0)
        indices = np.flatnonzero(choice.keep)
        if all_standard(bases):
            values = self.x.ravel()[indices]
        else:
            values = scaled(coefficients.ravel()[indices], self.exponent)
            values = values.astype(coefficient_dtype(bases, dtype), copy=False)
            if not np.isfinite(values).all():
                raise ValueError(
                    f"coefficients in basis {names_of(bases)} of elements up to {self.largest} "
                    f"overflow {values.dtype}; use basis='standard' or scale the array"
                )
        relative = choice.dropped + self.allowance(bases)
        error = self._bound(relative)
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

    def packed(
        self, bases: tuple[Basis, ...], coefficients: Array, kinds: Sequence[Kind]
    ) -> Packed:
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
        dropped = 0.0
        if max_active is not None:
            choice = self.choose(coefficients, bases)
            coefficients = np.where(choice.keep.reshape(coefficients.shape), coefficients, 0)
            dropped = choice.dropped * self.norm
            require_few(choice.dropped, self.tolerance)
            budget = budget_left(budget, dropped)
        scan = scan_of(self.x.shape, bases, coefficients.dtype.kind == "c")
        numbers = sequence(scan, coefficients)
        quantised = quantised_within(numbers, kinds[0], budget, tol)
        error = self._bound_of_quantised(bases, quantised, dropped, allowance)
        if error is not None and not dropped:
            error = self._with_residual(error, scan, numbers, quantised)
        made = [
            packed(self.x.shape, self.float_dtype, bases, kind, quantised, self.exponent, error)
            for kind in _kinds_worth(quantised.values, kinds)
        ]
        return min(made, key=lambda array: array.nbytes)

    def _with_residual(
        self, error: ErrorBound, scan: Scan, numbers: Array, quantised: Quantised
    ) -> ErrorBound:
        """Return a bound with what is known of what was lost, of real arrays."""
        if self.x.dtype.kind == "c":
            return error
        component = 0 if len(scan.shape) > self.x.ndim > 0 else None
        known = known_residual(scan, numbers, quantised, self.exponent, component)
        return ErrorBound(error.absolute, error.reference, known)

    @property
    def float_dtype(self) -> np.dtype[Any]:
        """The dtype of the elements that are computed from quantised coefficients."""
        return self.x.dtype if self.x.dtype.kind in "fc" else np.dtype(np.float64)

    def _bound_of_quantised(
        self, bases: tuple[Basis, ...], quantised: Quantised, dropped: float, allowance: float
    ) -> ErrorBound | None:
        """Return the bound, after checks of what may overflow."""
        require_top(quantised, self.exponent, self.float_dtype, bases, self.largest)
        if not self.norm:
            return None
        lost = float(np.hypot(quantised.error, dropped)) * (1.0 + DOUBLE)
        error = self._bound(lost / self.norm + allowance)
        if error is not None:
            most = float(self.largest) + error.absolute
            require_range(self.x.dtype, self.x.shape, bases, most, self.whole)
        return error

    def smallest(self, kind: Kind) -> Packed:
        """Quantise the array in the bases, one an axis, in which it takes the fewest bytes."""
        if self.tolerance.tol is None or kind not in INTEGERS:
            found = self.best()
            return self.packed(found.bases, found.coefficients, [kind])
        made = [self.packed(bases, self.coefficients(bases), [kind]) for bases in self._promising()]
        return min(made, key=lambda array: array.nbytes)

    def fewest_bytes(self, bases: tuple[Basis, ...] | None) -> Spectrum | Packed:
        """Keep coefficients in full, or quantised: what takes the fewest bytes in the tolerance."""
        best: Spectrum | Packed | None = None
        for some in self._promising() if bases is None else [bases]:
            coefficients = self.coefficients(some)
            # Integers that are stored as what they are keep their dtype.
            found = None
            if self.x.dtype.kind in "fc" or not all_standard(some):
                found = self._quantised(some, coefficients)
            if found is not None and (best is None or found.nbytes < best.nbytes):
                best = found
            if best is found:
                best = self._in_full(some, coefficients, best) or best
        assert best is not None
        return best

    def _quantised(self, bases: tuple[Basis, ...], coefficients: Array) -> Packed | None:
        """Quantise to what takes the fewest bytes; None where the tolerance cannot be met."""
        best = None
        for kinds in (INTEGERS, ("float32",)):
            # Integers that need about as many bits as floats take more in the end.
            if best is None or best.nbytes > 4 * self.x.size:
                with suppress(ValueError):
                    found = self.packed(bases, coefficients, kinds)
                    best = found if best is None or found.nbytes < best.nbytes else best
        return best

    def _in_full(
        self, bases: tuple[Basis, ...], coefficients: Array, other: Spectrum | Packed | None
    ) -> Spectrum | None:
        """Keep coefficients in full, if that takes fewer bytes than another way."""
        if other is not None:
            each = coefficient_dtype(bases, sample_dtype(bases, self.x.dtype)).itemsize
            if needs_more(*self._weighed(coefficients, bases), other.nbytes // each):
                return None
        choice = self.choose(coefficients, bases)
        require_few(choice.dropped, self.tolerance)
        found = self.store(coefficients, bases, choice)
        return found if other is None or found.nbytes < other.nbytes else None

    def _promising(self) -> list[tuple[Basis, ...]]:
        """Return the bases, one an axis, that need the fewest bits, the best first."""
        tol = self.tolerance.tol
        assert tol is not None
        # What uniform rounding would take: Gray & Neuhoff, "Quantization", IEEE Trans. Inf.
        # Theory 44 (1998).
        step = tol * self.norm * (12.0 / max(self.x.size, 1)) ** 0.5 or 1.0
        return [bases for bases in ranked(self.samples, step) if self.can_meet(bases)][:_TRIED] or [
            (STANDARD,) * self.x.ndim
        ]


def _kinds_worth(values: Array, kinds: Sequence[Kind]) -> Sequence[Kind]:
    """Return the kinds worth a try: the smaller one where few values are too large for it."""
    if len(kinds) == 1:
        return kinds
    info = np.iinfo(np.int8)
    if values.min(initial=0) >= info.min and values.max(initial=0) <= info.max:
        return ("int8",)
    large = np.count_nonzero((values < info.min) | (values > info.max))
    return kinds if large * _RARE < values.size else ("int16",)
