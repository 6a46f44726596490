"""Perceptron.

A line between two classes, learnt one mistake at a time (Rosenblatt 1958); the weights are updated
in place.
"""

import numpy as np


def perceptron(points, signs, weights, epochs=20):
    mistakes = []
    for _ in range(epochs):
        wrong = 0
        for point, sign in zip(points, signs, strict=True):
            if sign * (weights[0] + weights[1:] @ point) <= 0:
                weights[0] += sign
                weights[1:] += sign * point
                wrong += 1
        mistakes.append(wrong)
        if not wrong:
            break
    return mistakes, np.sign(points @ weights[1:] + weights[0])


def inputs(rng):
    points = rng.integers(-8, 9, (30, 3)).astype(float)
    points[:, 2] *= rng.random(30) < 0.3
    return points, np.where(points[:, 0] + points[:, 1] > 0.5, 1, -1), np.zeros(4)
