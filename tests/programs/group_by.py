"""Split, apply, combine.

Sums, sizes, largest and first values of groups by a stable sort and `reduceat` (Wickham 2011 for
the name), and the group's sum sent back to every member.
"""

import numpy as np


def group_by(keys, values):
    order = np.argsort(keys, kind="stable")
    ordered, sorted_values = keys[order], values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sums = np.add.reduceat(sorted_values, starts)
    largest = np.maximum.reduceat(sorted_values, starts)
    sizes = np.diff(np.append(starts, len(keys)))
    group = np.repeat(np.arange(len(starts)), sizes)
    position = np.empty_like(order)
    position[order] = group
    transform = sums[position]
    running = np.cumsum(sorted_values) - np.repeat(np.cumsum(sums) - sums, sizes)
    assert (running[starts + sizes - 1] == sums).all()
    return ordered[starts], sums, sizes, largest, sorted_values[starts], transform


def inputs(rng):
    keys = np.where(rng.random(70) < 0.5, 4, rng.integers(0, 9, 70))
    return keys, rng.integers(-5, 20, 70)
