"""Label propagation.

Labels of few nodes spread over a graph along its edges, weighted by degree (Zhu and Ghahramani
2002).
"""

import numpy as np

ROUNDING = 4


def label_propagation(weights, labels, steps=15):
    classes = int(labels.max()) + 1
    known = labels >= 0
    belief = np.zeros_like(weights, shape=(len(labels), classes))
    belief[np.flatnonzero(known), labels[known]] = 1
    start = belief[known]
    degree = weights.sum(axis=1, keepdims=True)
    degree[degree == 0] = 1
    for _ in range(steps):
        belief = weights @ belief / degree
        belief[known] = start
    return belief, belief.argmax(axis=1)


def inputs(rng):
    weights = np.zeros((26, 26))
    ring = np.arange(26)
    weights[ring, (ring + 1) % 13 + 13 * (ring // 13)] = 1.0
    weights[3, 17] = 0.25
    labels = np.full(26, -1)
    labels[[1, 20]] = 0, 1
    return weights + weights.T, labels
