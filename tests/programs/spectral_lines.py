"""Lines of a spectrum.

Peaks above a running background, their centres of mass, matched with known lines by broadcasting,
and a straight line through the matches.
"""

import numpy as np

ROUNDING = 64


def spectral_lines(counts, lines):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(counts, 5, mode="edge"), 11)
    background = np.percentile(windows, 30, axis=-1)
    excess = np.clip(counts - background, 0, None)
    inner = excess[1:-1]
    peaks = np.flatnonzero((inner > excess[:-2]) & (inner >= excess[2:]) & (inner > 20)) + 1
    around = peaks[:, None] + np.arange(-2, 3)
    weight = excess[around]
    centre = (weight * around).sum(axis=1) / weight.sum(axis=1)
    guess = 400 + 2 * centre
    gap = np.abs(guess[:, None] - lines)
    match = gap.argmin(axis=1)
    sure = np.min(gap, axis=1) < 8
    slope, offset = np.polyfit(centre[sure], lines[match[sure]], 1)
    counts[around.ravel()] = 0
    return background, peaks, centre, match, slope, offset


def inputs(rng):
    x = np.arange(128)
    lines = np.array([450.0, 500.0, 562.0, 600.0, 640.0])
    counts = np.full(128, 10.0)
    for line in lines:
        counts += np.round(200 * np.exp(-(((line - 402) / 2.01 - x) ** 2) / 3))
    return counts, lines
