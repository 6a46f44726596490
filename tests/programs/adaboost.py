"""AdaBoost with decision stumps.

Weak rules on one feature each, and weights of the samples that follow the mistakes (Freund and
Schapire 1997).
"""

import numpy as np

ROUNDING = 4


def adaboost(features, signs, rounds=5):
    weights = np.full_like(features, 1 / len(signs), shape=len(signs), dtype=float)
    total = np.zeros_like(weights)
    rules = []
    for _ in range(rounds):
        best = (np.inf, 0, 0, 1)
        for column in range(features.shape[1]):
            for threshold in np.unique(features[:, column]):
                guess = np.where(features[:, column] > threshold, 1, -1)
                error = weights[guess != signs].sum()
                for side, loss in ((1, error), (-1, 1 - error)):
                    if loss < best[0] - 1e-9:
                        best = (loss, column, threshold, side)
        loss, column, threshold, side = best
        vote = 0.5 * np.log((1 - loss) / max(loss, 1e-9))
        guess = side * np.where(features[:, column] > threshold, 1, -1)
        weights *= np.exp(-vote * signs * guess)
        weights /= weights.sum()
        total += vote * guess
        rules.append((column, int(threshold), side))
    return rules, np.sign(total), weights


def inputs(rng):
    features = rng.integers(0, 6, (40, 3))
    noise = rng.random(40) < 0.1
    return features, np.where((features[:, 0] + features[:, 1] > 5) ^ noise, 1, -1)
