"""Reaction and diffusion of two chemicals.

The Gray-Scott model (Pearson, *Complex Patterns in a Simple System*, Science 1993), on a torus,
with in-place updates of both fields.
"""

import numpy as np


def reaction_diffusion(u, v, feed=0.04, kill=0.06, steps=8):
    def laplacian(field):
        total = -4 * field
        for axis in (0, 1):
            for shift in (1, -1):
                total += np.roll(field, shift, axis=axis)
        return total

    for _ in range(steps):
        reaction = u * v * v
        du = 0.16 * laplacian(u) - reaction + feed * (1 - u)
        dv = 0.08 * laplacian(v) + reaction - (feed + kill) * v
        u += du
        v += dv
    return u.min(), v.max()


def inputs(rng):
    u, v = np.ones((16, 16)), np.zeros((16, 16))
    u[6:10, 6:10] = 0.5
    v[6:10, 6:10] = 0.25
    return u, v
