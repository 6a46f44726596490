"""Confusion matrix.

Counts of true and predicted classes, with precision, recall and Cohen's kappa (1960).
"""

import numpy as np


def confusion_matrix(truth, predicted):
    n = int(max(truth.max(), predicted.max())) + 1
    matrix = np.bincount(truth * n + predicted, minlength=n * n).reshape(n, n)
    right = matrix.diagonal()
    precision = right / np.maximum(matrix.sum(axis=0), 1)
    recall = right / np.maximum(matrix.sum(axis=1), 1)
    total = matrix.sum()
    agreement = right.sum() / total
    chance = (matrix.sum(axis=0) * matrix.sum(axis=1)).sum() / total**2
    kappa = (agreement - chance) / (1 - chance)
    return {"matrix": matrix, "precision": precision, "recall": recall, "kappa": kappa}


def inputs(rng):
    truth = rng.integers(0, 4, 80)
    return truth, np.where(rng.random(80) < 0.7, truth, 0)
