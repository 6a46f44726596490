"""TF-IDF weights of words in documents.

Term frequency times inverse document frequency (Spärck Jones 1972) from a sparse matrix of counts,
and the ranking of documents for a query.
"""

import numpy as np

ROUNDING = 4


def tfidf(counts, query, top=3):
    totals = counts.sum(axis=1, keepdims=True)
    frequency = counts / np.where(totals == 0, 1, totals)
    documents = np.count_nonzero(counts, axis=0)
    inverse = np.log((1 + len(counts)) / (1 + documents)) + 1
    weights = frequency * inverse
    norms = np.linalg.norm(weights, axis=1)
    norms[norms == 0] = 1
    weights /= norms[:, None]
    scores = weights @ (query * inverse)
    order = scores.argsort(kind="stable")[::-1][:top]
    return weights, scores[order], order


def inputs(rng):
    counts = rng.integers(1, 6, (20, 40)) * (rng.random((20, 40)) < 0.1)
    query = np.zeros(40, np.int64)
    query[[3, 14, 15]] = 1
    return counts, query
