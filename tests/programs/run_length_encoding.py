"""Run-length encoding.

Starts, lengths and values of the runs of an array, and the way back (Robinson and Cherry
1967, for television signals).
"""

import numpy as np


def run_length_encoding(x):
    changes = np.flatnonzero(np.diff(x)) + 1
    starts = np.concatenate([[0], changes])
    lengths = np.diff(np.concatenate([starts, [x.size]]))
    values = x[starts]
    back = np.repeat(values, lengths)
    assert np.array_equal(back, x)
    longest = lengths.argmax()
    x[starts[longest] : starts[longest] + lengths[longest]] = -1
    return starts, lengths, values, back


def inputs(rng):
    return (np.repeat(rng.integers(0, 3, 15), rng.integers(1, 12, 15)),)
