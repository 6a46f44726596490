"""A filter in small integers.

Sixteen-bit samples with products in 32 bits, arithmetic shifts of negative numbers, saturation,
and sums that wrap around, as on a signal processor.
"""

import numpy as np


def fixed_point_filter(samples, taps, shift=15):
    wide = samples.astype(np.int32)
    total = np.zeros_like(wide)
    for delay, tap in enumerate(taps):
        total[delay:] += wide[: len(wide) - delay] * np.int32(tap)
    rounded = (total + (1 << (shift - 1))) >> shift
    clipped = np.clip(rounded, -(2**15), 2**15 - 1).astype(np.int16)
    saturated = (rounded != clipped).sum()
    wrapped = samples + samples[::-1]
    wrapped *= np.int16(3)
    samples >>= 1
    samples[clipped < 0] = ~samples[clipped < 0]
    low = samples.astype(np.uint8)
    low += low
    return clipped, saturated, wrapped, low, np.abs(wide).max(), samples.sum(), samples.dtype.str


def inputs(rng):
    samples = np.zeros(60, np.int16)
    samples[::2] = rng.integers(-32768, 32767, 30)
    return samples, np.array([20000, 16000, -8000], np.int16)
