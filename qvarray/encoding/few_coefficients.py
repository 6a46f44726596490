"""Encode arrays that store few coefficients from those alone: they may have any size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..bases import Basis, all_standard
from ..core.budget import require_budget
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from ..ops.basis_change import linear, norm, off_diagonal, to_bases
from ..sources.packed import Packed, packed_listed
from ..sources.quantize import Kind
from .choice import (
    DOUBLE,
    SLACK,
    Tolerance,
    budget_left,
    choose_within,
    quantised_within,
    refuse_where_finite_is_needed,
    require_few,
    require_top,
)
from .transforms import bound_of_encoding, names_of, rounding_of, scaled

# Positions for each coefficient from which coefficients are few.
_FEW = 16
# Bytes for each of them while they are chosen.
_BYTES = 160


def few(source: Source, storage: Kind | None) -> Spectrum | None:
    """Return what is stored, where that is few coefficients that can be stored so; else None."""
    spectrum = source.express()
    if not isinstance(spectrum, Spectrum) or spectrum.active_indices is None:
        return None
    if storage is not None and spectrum.fill_value != 0:
        # Integers have no fill value.
        return None
    return spectrum if spectrum.nactive * _FEW <= spectrum.space else None


class _Weighed(NamedTuple):
    """Coefficients relative to the norm of all elements, which is ``norm * 2 ** exponent``."""

    magnitudes: Array
    norm: float
    exponent: int


def _weighed(spectrum: Spectrum) -> _Weighed:
    """Return how far each coefficient is from the inactive ones. O(k)."""
    values, fill = spectrum.eigenvalues, spectrum.fill_value
    wide = np.result_type(values.dtype, np.longdouble)
    # In units of a power of two, so that squares neither overflow nor vanish.
    both = np.append(values.astype(wide), wide.type(fill))
    parts = [both.real, both.imag] if wide.kind == "c" else [both]
    exponent = max(int(np.frexp(np.abs(part).max())[1]) for part in parts)
    both = scaled(both, -exponent)
    away = np.abs(both[:-1] - both[-1]).astype(np.float64)
    missing = float(spectrum.space - spectrum.nactive) ** 0.5 * float(np.abs(both[-1]))
    size = float(np.hypot(norm(both[:-1]), missing))
    return _Weighed(away / size if size else away, size, exponent)


def _mirror(spectrum: Spectrum) -> Array:
    """Return where the conjugate of each coefficient of a real array is stored. O(k log k)."""
    along = [
        basis.reflect(n, indices)
        for basis, n, indices in zip(
            spectrum.bases, spectrum.shape, spectrum.coordinates(), strict=True
        )
    ]
    wanted, indices = linear(tuple(along), spectrum.shape), spectrum.indices()
    own = np.arange(indices.size)
    found = np.minimum(indices.searchsorted(wanted), max(indices.size - 1, 0))
    return np.where(indices[found] == wanted, found, own) if indices.size else own


def _allowance(spectrum: Spectrum, size: float) -> float:
    """Bound the relative error of elements that are computed, and kept in their dtype."""
    return sum(rounding_of(spectrum.dtype, spectrum.shape, spectrum.bases, size))


def encoded(
    given: Spectrum,
    bases: tuple[Basis, ...] | None,
    tolerance: Tolerance,
    storage: Kind | None,
) -> Spectrum | Packed:
    """Encode what is stored in its own bases, or in others. O(k), and what changing bases takes.

    Parameters
    ----------
    given : Spectrum
        Of which some indices are active.
    bases : tuple of Basis, or None
        None for its own: there, what stays is exact.
    tolerance : Tolerance
    storage : Kind or None

    Raises
    ------
    ValueError
        Where the tolerance cannot be met, and for what is not finite where that cannot be.
    MaterializationError
        Where coefficients in other bases are over the memory budget.
    """
    tol, max_active = tolerance
    bases = given.bases if bases is None else bases
    require_budget(given.nactive * _BYTES, "encode a part of it")
    spectrum = to_bases(given.replace(error=None), bases)
    require_budget(spectrum.nactive * _BYTES, "encode it in its own bases")
    is_own = spectrum.bases == given.bases
    if storage is None and max_active is None and is_own and not tol:
        return spectrum
    if not (np.isfinite(spectrum.eigenvalues).all() and np.isfinite(spectrum.fill_value)):
        refuse_where_finite_is_needed(tolerance, storage)
        return spectrum
    if storage is not None and spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    weighed = _weighed(spectrum)
    with np.errstate(over="ignore"):
        whole = float(np.ldexp(weighed.norm, weighed.exponent))
    # Elements that are computed are compared with those that are computed of what was given.
    allowance = 0.0 if given.is_standard else _allowance(given, whole)
    if storage is not None or not all_standard(bases):
        allowance += _allowance(spectrum, whole)
    if storage is not None:
        allowance += DOUBLE
    if spectrum.error is not None:
        allowance += spectrum.error.relative
    if not is_own and tol is not None and allowance > tol:
        raise ValueError(
            f"tol={tol!r} is below the rounding error of basis {names_of(bases)}, "
            f"{allowance:.1e}; tol=None is lossless to rounding"
        )
    mirror = None
    if spectrum.dtype.kind != "c" and any(basis.is_complex for basis in bases):
        mirror = _mirror(spectrum)
    if storage is not None:
        return _quantised(spectrum, weighed, mirror, tolerance, storage, allowance)
    if tol is not None:
        relative = max(tol * SLACK - allowance, 0.0)
    else:
        # What is smaller than what changing bases rounds is noise.
        relative = 0.0 if is_own else allowance
    choice = choose_within(weighed.magnitudes, mirror, relative, max_active)
    require_few(choice.dropped, tolerance)
    if is_own and choice.keep.all():
        return spectrum
    return compact(
        spectrum.shape,
        spectrum.dtype,
        spectrum.bases,
        spectrum.eigenvalues[choice.keep],
        spectrum.indices()[choice.keep],
        spectrum.fill_value,
        spectrum.diagonal,
        bound_of_encoding(choice.dropped + allowance, weighed.norm, weighed.exponent),
    )


def _quantised(
    spectrum: Spectrum,
    weighed: _Weighed,
    mirror: Array | None,
    tolerance: Tolerance,
    kind: Kind,
    allowance: float,
) -> Packed:
    """Quantise coefficients, of which those that are not stored stay 0. O(k log k)."""
    tol, max_active = tolerance
    magnitudes, size, exponent = weighed
    budget = None if tol is None else (tol * SLACK - allowance) * size
    values, indices, dropped = spectrum.eigenvalues, spectrum.indices(), 0.0
    if max_active is not None:
        choice = choose_within(magnitudes, mirror, 0.0, max_active)
        require_few(choice.dropped, tolerance)
        values, indices, dropped = values[choice.keep], indices[choice.keep], choice.dropped * size
        budget = budget_left(budget, dropped)
    dtype = spectrum.dtype if spectrum.dtype.kind in "fc" else np.dtype(np.float64)
    wide = np.complex128 if values.dtype.kind == "c" else np.float64
    units = scaled(values.astype(np.result_type(values.dtype, wide)), -exponent).astype(wide)
    numbers = units.view(np.float64)
    quantised = quantised_within(numbers, kind, budget, tol)
    largest = float(np.abs(values).max(initial=0))
    most = float(np.abs(quantised.values).max(initial=0)) * quantised.step
    require_top(most, exponent, dtype, spectrum.bases, largest)
    lost = float(np.hypot(quantised.error, dropped)) * (1.0 + DOUBLE)
    error = bound_of_encoding(lost / size + allowance, size, exponent) if size else None
    return packed_listed(
        spectrum.shape, dtype, spectrum.bases, kind, quantised, indices, exponent, error
    )
