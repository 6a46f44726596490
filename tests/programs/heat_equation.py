"""Heat equation by explicit finite differences.

Forward in time, centred in space, on a plate with cold edges (Courant, Friedrichs and Lewy 1928
for the limit on the step). Works in place.
"""

import numpy as np


def heat_equation(plate, conductivity=0.2, steps=12):
    inside = plate[1:-1, 1:-1]
    for _ in range(steps):
        flow = plate[2:, 1:-1] + plate[:-2, 1:-1] + plate[1:-1, 2:] + plate[1:-1, :-2]
        flow -= 4 * inside
        inside += conductivity * flow
    return inside.max()


def inputs(rng):
    plate = np.zeros((18, 18))
    plate[8:11, 6:9] = 100.0
    plate[4, 4] = 10 * rng.random()
    return (plate,)
