"""Pseudo-random numbers by xorshift, for many seeds at once.

Three shifts of unsigned words in place (Marsaglia 2003), floats from the upper bits, and the hash
of Fowler, Noll and Vo, that wraps around.
"""

import numpy as np


def xorshift(state, text, steps=5):
    draws = []
    for _ in range(steps):
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        draws.append((state >> np.uint64(11)) * 2.0**-53)
    uniform = np.stack(draws, axis=1)
    assert ((uniform >= 0) & (uniform < 1)).all()
    hashed = np.full_like(state, 14695981039346656037)
    for byte in text:
        hashed ^= byte
        hashed *= np.uint64(1099511628211)
    bits = np.bitwise_count(state)
    return uniform, hashed[0], bits, (uniform < 0.5).sum(axis=0), state % 6 + 1


def inputs(rng):
    state = np.full(40, 88172645463325252, np.uint64)
    state[::5] = rng.integers(1, 2**62, 8, dtype=np.uint64)
    return state, np.frombuffer(b"hello, memory", np.uint8).copy()
