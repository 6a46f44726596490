"""Cosine similarity.

All pairs of the rows of a matrix, the most similar pair, and near duplicates (Salton's vector
space model, 1975).
"""

import numpy as np

ROUNDING = 4


def cosine_similarity(rows, threshold=0.9):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    similarity = unit @ unit.T
    np.fill_diagonal(similarity, -1)
    best = np.unravel_index(similarity.argmax(), similarity.shape)
    close = np.argwhere(np.triu(similarity > threshold, k=1))
    return similarity, sorted(int(i) for i in best), close


def inputs(rng):
    rows = np.where(rng.random((18, 25)) < 0.2, 1.0, 0.0)
    rows[:, 0] = 1
    rows[7] = rows[3]
    rows[7, 1] = 0.25
    return (rows,)
