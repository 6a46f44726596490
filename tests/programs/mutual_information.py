"""Mutual information of two signals.

From their joint histogram (Shannon 1948), with the marginal entropies, and how it falls when one
is shifted.
"""

import numpy as np

ROUNDING = 4


def mutual_information(x, y, bins=6):
    def information(a, b):
        joint, _, _ = np.histogram2d(a, b, bins=bins)
        joint /= joint.sum()
        pa, pb = joint.sum(axis=1), joint.sum(axis=0)
        product = np.multiply.outer(pa, pb)
        seen = joint > 0
        return (joint[seen] * np.log(joint[seen] / product[seen])).sum()

    shifts = range(-3, 4)
    curve = [float(information(x, np.roll(y, s))) for s in shifts]
    counts, edges = np.histogramdd(np.column_stack([x, y]), bins=(4, 3))
    return curve, shifts[int(np.argmax(curve))], counts, [len(e) for e in edges]


def inputs(rng):
    x = np.where(rng.random(100) < 0.5, 0.0, rng.normal(0, 1, 100))
    return x, np.roll(x, 2) + 0.1 * rng.normal(0, 1, 100)
