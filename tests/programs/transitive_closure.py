"""Transitive closure and strong components.

Warshall's algorithm (1962) on a boolean matrix, in place; nodes that reach each other share a
component.
"""

import numpy as np


def transitive_closure(reach):
    for k in range(len(reach)):
        reach |= np.logical_and.outer(reach[:, k], reach[k, :])
    both = reach & reach.T
    np.fill_diagonal(both, True)
    component = both.argmax(axis=1)
    return component, np.unique(component).size, np.logical_not(reach).sum()


def inputs(rng):
    return (rng.random((24, 24)) < 0.06,)
