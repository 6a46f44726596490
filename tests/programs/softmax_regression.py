"""Softmax regression.

Several classes, with momentum (Polyak 1964); the parameters and their velocity are updated in
place.
"""

import numpy as np

# Of 25 steps, whose products with sparse features add up in another order.
ROUNDING = 8


def softmax_regression(features, labels, weights, rate=0.2, momentum=0.8, steps=25):
    velocity = np.zeros_like(weights)
    rows = np.arange(len(labels))
    losses = []
    for _ in range(steps):
        scores = features @ weights
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        losses.append(-np.log(scores[rows, labels]).mean())
        scores[rows, labels] -= 1
        velocity *= momentum
        velocity -= rate / len(labels) * (features.T @ scores)
        weights += velocity
    return losses, (features @ weights).argmax(axis=1)


def inputs(rng):
    labels = rng.integers(0, 3, 45)
    features = np.zeros((45, 6))
    features[np.arange(45), labels] = 2.0
    features[:, 3:] = rng.standard_normal((45, 3))
    return features, labels, np.zeros((6, 3))
