"""One-hot encoding.

Categories as rows with a single 1, in three ways that must agree, and back again.
"""

import numpy as np


def one_hot(labels):
    classes = np.unique(labels)
    position = np.searchsorted(classes, labels)
    by_comparison = (labels[:, None] == classes).astype(np.int8)
    by_rows = np.eye(len(classes), dtype=np.int8)[position]
    by_assignment = np.zeros_like(by_comparison)
    by_assignment[np.arange(len(labels)), position] = 1
    by_put = np.zeros_like(by_comparison)
    np.put_along_axis(by_put, position[:, None], 1, axis=1)
    assert np.array_equal(by_comparison, by_rows)
    assert np.array_equal(by_comparison, by_assignment)
    assert np.array_equal(by_comparison, by_put)
    back = classes[by_assignment.argmax(axis=1)]
    return by_comparison, back, by_put.sum(axis=0)


def inputs(rng):
    return (rng.choice([3, 7, 11, 20], 40, p=[0.7, 0.1, 0.1, 0.1]),)
