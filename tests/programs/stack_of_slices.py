"""Planes of a volume.

A volume is taken apart and put together along every axis: `unstack`, `dsplit`, `rollaxis`,
`moveaxis`, `dstack`, projections, and what shares memory.
"""

import numpy as np


def stack_of_slices(volume):
    planes = np.unstack(volume, axis=2)
    assert np.array_equal(np.dstack(planes), volume)
    front, back = np.dsplit(volume, 2)
    rolled = np.rollaxis(volume, 2)
    assert np.array_equal(rolled, np.moveaxis(volume, -1, 0))
    assert np.array_equal(rolled[1], planes[1])
    planes[0][0] = 9
    rolled[-1, 0, :2] = 8
    front[1, 1] += back[1, 1]
    shadow = np.atleast_2d(np.amax(volume, axis=(0, 1)))
    deep = np.atleast_3d(volume[0])
    deep[..., 0] -= 1
    running = np.cumulative_sum(volume, axis=0)[-1]
    growth = np.cumulative_prod(1 + (volume[:2, 0] > 0), axis=1)
    middle = np.copy(volume[1:2]).squeeze(0)
    middle[:] = 0
    values = np.sort(np.unique_values(volume))
    counts = np.unique_counts(volume).counts
    return shadow, running, growth, np.amin(volume), values, counts, np.around(volume / 3, 1)


def inputs(rng):
    return (rng.integers(0, 5, (4, 5, 6)) * (rng.random((4, 5, 6)) < 0.3),)
