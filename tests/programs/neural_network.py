"""A small neural network.

One hidden layer, trained by backpropagation (Rumelhart, Hinton and Williams 1986) on exclusive or;
weights are updated in place.
"""

import numpy as np

ROUNDING = 256


def neural_network(samples, target, w1, b1, w2, b2, rate=0.5, steps=40):
    for _ in range(steps):
        hidden = np.tanh(samples @ w1 + b1)
        output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
        delta = (output - target) / len(samples)
        back = (delta @ w2.T) * (1 - hidden**2)
        w2 -= rate * hidden.T @ delta
        b2 -= rate * delta.sum(axis=0)
        w1 -= rate * samples.T @ back
        b1 -= rate * back.sum(axis=0)
    return output, ((output - target) ** 2).mean()


def inputs(rng):
    samples = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    target = np.array([[0], [1], [1], [0]], float)
    w1, w2 = rng.standard_normal((2, 6)), rng.standard_normal((6, 1))
    return samples, target, w1, np.zeros(6), w2, np.zeros(1)
