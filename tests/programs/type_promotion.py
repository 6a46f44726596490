"""Arithmetic of mixed types.

Booleans, small and unsigned integers, single and double precision and complex numbers, with the
rules of NEP 50 for Python's numbers.
"""

import numpy as np


def type_promotion(flags, small, single, phases):
    results = [
        flags + flags,
        flags * small,
        small + 1,
        small / 2,
        small // np.int16(3),
        single * 0.1,
        single + small,
        single * np.float64(2),
        small**2,
        2**small % 7,
        -flags.astype(np.int8),
        small * 1j,
        phases * single,
        np.abs(phases),
        phases.real + flags,
        single.astype(np.float16),
        flags.sum(dtype=np.uint8),
        small.mean(),
        single.mean(),
        small.prod(),
        np.where(flags, small, single),
        np.concatenate([small, single]),
        np.stack([flags, small]).sum(axis=0),
        (small > 1) | flags,
        small & 3,
        ~small,
        single.round().astype(int),
    ]
    common = np.result_type(small, single), np.can_cast(small.dtype, single.dtype)
    small += flags
    single -= small
    phases *= 2
    return results, [r.dtype.name for r in results], str(common[0]), common[1]


def inputs(rng):
    flags = rng.random(16) < 0.3
    single = (rng.integers(-8, 9, 16) / 4).astype(np.float32)
    return flags, rng.integers(0, 4, 16).astype(np.uint8), single, 1j ** rng.integers(0, 4, 16)
