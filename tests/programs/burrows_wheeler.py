"""Burrows-Wheeler transform.

The last column of the sorted rotations of a text (Burrows and Wheeler 1994), and the text from it
again by one stable sort.
"""

import numpy as np


def burrows_wheeler(text):
    n = len(text)
    rotations = text[(np.arange(n)[:, None] + np.arange(n)) % n]
    order = np.lexsort(rotations.T[::-1])
    last = rotations[order, -1]
    start = int(np.flatnonzero(order == 0)[0])

    step = np.argsort(last, kind="stable")
    back = np.empty_like(text)
    position = start
    for i in range(n):
        position = step[position]
        back[i] = last[position]
    assert (back == text).all()
    runs = 1 + np.count_nonzero(last[1:] != last[:-1])
    return bytes(last.tolist()).decode(), start, runs, order


def inputs(rng):
    return (np.frombuffer(b"the memory of the memory", np.uint8).copy(),)
