"""Wave equation by leapfrog.

A string with fixed ends, second order in time and in space (Courant, Friedrichs and Lewy 1928).
Three buffers take turns.
"""

import numpy as np


def wave_equation(start, courant=0.9, steps=30):
    before, now, after = start.copy(), start.copy(), np.zeros_like(start)
    snapshots = [now.copy()]
    for step in range(1, steps + 1):
        bend = now[2:] - 2 * now[1:-1] + now[:-2]
        after[1:-1] = 2 * now[1:-1] - before[1:-1] + courant**2 * bend
        before, now, after = now, after, before
        if step % 10 == 0:
            snapshots.append(now.copy())
    return np.stack(snapshots)


def inputs(rng):
    start = np.zeros(80)
    start[30:39] = np.sin(np.linspace(0, np.pi, 9))
    return (start,)
