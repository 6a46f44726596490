"""Naive Bayes classifier.

Words as independent features with Laplace's rule of succession (Maron 1961), for documents that
are rows of counts.
"""

import numpy as np

ROUNDING = 4


def naive_bayes(counts, labels, unseen):
    classes, sizes = np.unique(labels, return_counts=True)
    words = np.stack([counts[labels == c].sum(axis=0) for c in classes])
    likelihood = np.log((words + 1) / (words.sum(axis=1, keepdims=True) + counts.shape[1]))
    prior = np.log(sizes / sizes.sum())
    scores = unseen @ likelihood.T + prior
    scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return classes[scores.argmax(axis=1)], np.exp(scores)


def inputs(rng):
    labels = np.array([2, 5, 5, 2, 2, 5, 2, 5, 2, 2])
    counts = rng.integers(1, 5, (10, 20)) * (rng.random((10, 20)) < 0.2)
    counts[labels == 5, :4] += 3
    return counts, labels, counts[:4] + np.eye(4, 20, dtype=int)
