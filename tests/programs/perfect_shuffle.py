"""Shuffles of cards.

Perfect riffles in four ways that agree (Diaconis, Graham and Kantor 1983): split and interleave by
strided assignment, by reshape and transpose, by `stack`, by an index array.
"""

import numpy as np


def perfect_shuffle(deck, rounds=3):
    for _ in range(rounds):
        top, bottom = np.split(deck, 2)
        riffled = np.empty_like(deck)
        riffled[::2], riffled[1::2] = top, bottom
        assert np.array_equal(riffled, deck.reshape(2, -1).T.ravel())
        assert np.array_equal(riffled, np.stack([top, bottom], axis=1).reshape(-1))
        assert np.array_equal(riffled, np.dstack([top, bottom]).ravel())
        deck[:] = riffled
    cut = np.roll(deck, 7)
    piles = np.array_split(cut, 5)
    stacked = np.concatenate(piles[::-1])
    back = np.concatenate((cut[7:], cut[:7]))
    assert np.array_equal(back, deck)
    return stacked, [len(p) for p in piles], piles[1], np.flip(deck)[:4]


def inputs(rng):
    deck = np.zeros(52, np.int64)
    deck[rng.permutation(52)[:13]] = np.arange(1, 14)
    return (deck,)
