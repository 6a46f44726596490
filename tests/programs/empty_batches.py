"""Batches that may be empty.

Measurements are split by sensor; a sensor without any gives arrays of length 0, which must pass
through sums, sorts, joins and reshapes.
"""

import numpy as np


def empty_batches(sensor, value, sensors=5):
    batches = [value[sensor == s] for s in range(sensors)]
    sizes = [b.size for b in batches]
    sums = [b.sum() for b in batches]
    peaks = [b.max(initial=-1) for b in batches]
    empty = batches[3]
    assert empty.shape == (0,)
    assert empty.sum() == 0
    assert empty.prod() == 1
    assert not empty.any()
    assert empty.all()
    assert np.sort(empty).shape == np.unique(empty).shape == np.cumsum(empty).shape == (0,)
    assert empty.reshape(0, 4).T.shape == (4, 0)
    assert empty.reshape(4, 0).sum(axis=1).tolist() == [0, 0, 0, 0]
    joined = np.concatenate([*batches, empty, empty[:0]])
    value[sensor == 3] = 5
    value[5:5] = empty
    wave = value * (1 + 1j)
    wave.real[wave.size :] = 7
    wave.imag[:3] += 2
    nothing = np.outer(empty, value)
    return sizes, sums, peaks, joined, empty, wave, nothing, np.zeros_like(value)[1:1]


def inputs(rng):
    return rng.choice([0, 1, 2, 4], 30, p=[0.7, 0.1, 0.1, 0.1]), rng.integers(0, 9, 30) * (
        np.arange(30) < 5
    )
