"""Logistic regression.

Two classes, fitted by gradient descent with in-place updates of the weights (Cox 1958).
"""

import numpy as np

ROUNDING = 8


def logistic_regression(features, target, rate=0.5, steps=30):
    weights = np.zeros_like(features[0])
    bias = 0.0
    for _ in range(steps):
        probability = 1 / (1 + np.exp(-(features @ weights + bias)))
        error = probability - target
        weights -= rate * (features.T @ error) / len(target)
        bias -= rate * error.mean()
    loss = -np.mean(np.where(target == 1, np.log(probability), np.log1p(-probability)))
    accuracy = ((probability > 0.5) == target).mean()
    return weights, bias, loss, accuracy


def inputs(rng):
    features = np.where(rng.random((60, 5)) < 0.5, rng.standard_normal((60, 5)), 0)
    target = (features @ [2.0, -1.0, 0, 0, 1] + 0.3 * rng.standard_normal(60) > 0).astype(int)
    return features, target
