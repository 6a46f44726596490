"""`Counts`: how many coefficients there are of each magnitude, and what rounding them loses."""

from __future__ import annotations

import numpy as np

from ..core.values import Array
from ..sources.quantize import ROUND_UP

# Classes of magnitudes an octave, of which a float has some 2200.
CLASSES = 8
OFFSET = 1150 * CLASSES

# The mean square of what rounding loses, in steps: between -ROUND_UP and 1 - ROUND_UP.
_SPREAD = (ROUND_UP**3 + (1.0 - ROUND_UP) ** 3) / 3.0


class Counts:
    """Histogram of the coefficients by magnitude, and their energy."""

    def __init__(self) -> None:
        self.counts = np.zeros(2 * OFFSET, np.int64)
        # In units of the square of the lower end of a class.
        self.energies = np.zeros(2 * OFFSET)

    def add(self, coefficients: Array) -> None:
        magnitudes = np.abs(coefficients).astype(np.float64, copy=False).ravel()
        magnitudes = magnitudes[magnitudes > 0]
        classes = np.floor(np.log2(magnitudes) * CLASSES).astype(np.int64)
        scaled = magnitudes * np.exp2(-classes / CLASSES)
        self.counts += np.bincount(classes + OFFSET, minlength=2 * OFFSET)
        self.energies += np.bincount(
            classes + OFFSET, weights=np.square(scaled), minlength=2 * OFFSET
        )

    def finish(self, exponent: int) -> None:
        """Count in units of ``2 ** exponent``, so that squares neither overflow nor vanish."""
        used = np.flatnonzero(self.counts)
        powers = (used - OFFSET) / CLASSES - exponent
        self.lower = np.exp2(powers)
        self.upper = np.exp2(powers + 1.0 / CLASSES)
        self.counts = self.counts[used]
        self.energies = self.energies[used] * np.exp2(2.0 * powers)

    def threshold(self, budget: float, most: int | None) -> float:
        """Return what coefficients of a norm of `budget` are below; at most `most` are not."""
        tail = np.cumsum(self.energies)
        first = int(np.searchsorted(tail, budget * budget, "right"))
        if most is not None:
            left = np.cumsum(self.counts[::-1])[::-1]
            first = max(first, int(np.count_nonzero(left > most)))
        return float(self.lower[first]) if first < self.lower.size else float("inf")

    def kept(self, threshold: float) -> float:
        return float(self.counts[self.lower >= threshold].sum())

    def distortion(self, step: float) -> float:
        """Estimate the square of what rounding to multiples of a step loses."""
        noise = self.counts * (_SPREAD * step * step)
        lost = np.where(self.lower >= (1.0 - ROUND_UP) * step, noise, self.energies)
        edge = (self.lower < (1.0 - ROUND_UP) * step) & (self.upper > (1.0 - ROUND_UP) * step)
        return float(np.sum(np.where(edge, np.maximum(noise, self.energies), lost)))

    def step(self, budget: float) -> float:
        """Estimate the largest step that loses no more than `budget`."""
        low, high = 1e-300, 4.0 * float(self.upper[-1])
        for _ in range(60):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if self.distortion(middle) <= budget**2 else (low, middle)
        return low

    def bits(self, step: float) -> float:
        return float(np.sum(self.counts * np.log2(1.0 + self.upper / step)))
