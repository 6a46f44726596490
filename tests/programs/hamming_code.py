"""Hamming's error-correcting code.

Four bits become seven, any one of which may flip (Hamming 1950). The corrupted words are repaired
in place.
"""

import numpy as np


def hamming_code(messages, flips):
    generator = np.array(
        [[1, 1, 0, 1], [1, 0, 1, 1], [1, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 0],
         [0, 0, 0, 1]], dtype=np.uint8)  # fmt: skip
    check = np.arange(1, 8, dtype=np.uint8) >> np.arange(3, dtype=np.uint8)[:, None] & 1
    words = messages @ generator.T % 2
    received = words.copy()
    hit = np.flatnonzero(flips)
    received[hit, flips[hit] - 1] ^= 1
    syndrome = (received @ check.T % 2) @ np.array([1, 2, 4])
    wrong = np.nonzero(syndrome)[0]
    received[wrong, syndrome[wrong] - 1] ^= 1
    assert (received == words).all()
    packed = np.packbits(received, axis=1)
    assert np.array_equal(np.unpackbits(packed, axis=1, count=7), received)
    return syndrome, received[:, [2, 4, 5, 6]], packed


def inputs(rng):
    messages = rng.integers(0, 2, (20, 4)).astype(np.uint8)
    return messages, np.where(rng.random(20) < 0.5, rng.integers(1, 8, 20), 0)
