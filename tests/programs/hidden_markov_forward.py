"""Forward-backward algorithm.

The probabilities of the hidden states given all observations, with scaling (Baum and Welch;
Rabiner's tutorial, 1989).
"""

import numpy as np

ROUNDING = 4


def hidden_markov_forward(start, transition, emission, observations):
    steps, states = len(observations), len(start)
    forward = np.zeros_like(transition, shape=(steps, states))
    scale = np.zeros_like(start, shape=steps)
    current = start
    for t, symbol in enumerate(observations):
        current = (current if t == 0 else current @ transition) * emission[:, symbol]
        scale[t] = current.sum()
        current = current / scale[t]
        forward[t] = current
    backward = np.ones_like(forward)
    for t in reversed(range(steps - 1)):
        seen = emission[:, observations[t + 1]] * backward[t + 1]
        backward[t] = transition @ seen / scale[t + 1]
    return forward * backward, np.log(scale).sum()


def inputs(rng):
    transition = np.array([[0.95, 0.05], [0.1, 0.9]])
    emission = np.array([[1 / 6] * 6, [0.1] * 5 + [0.5]])
    return np.array([0.5, 0.5]), transition, emission, rng.integers(0, 6, 30)
