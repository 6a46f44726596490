"""Distances on the globe.

The haversine formula (de Mendoza 1795) between all pairs of places, the nearest neighbour of
each, and the pair that is farthest apart.
"""

import numpy as np


def great_circle(latitude, longitude, radius=6371.0):
    phi, lam = np.deg2rad(latitude), np.radians(longitude)
    half_phi = (phi[:, None] - phi) / 2
    half_lam = (lam[:, None] - lam) / 2
    square = np.sin(half_phi) ** 2 + np.outer(np.cos(phi), np.cos(phi)) * np.sin(half_lam) ** 2
    distance = 2 * radius * np.arcsin(np.sqrt(np.clip(square, 0, 1)))
    farthest = np.unravel_index(np.argmax(distance), distance.shape)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    return nearest, distance.min(axis=1), tuple(int(i) for i in farthest)


def inputs(rng):
    latitude, longitude = np.zeros(20), np.zeros(20)
    latitude[5:], longitude[3:] = rng.uniform(-60, 70, 15), rng.uniform(-170, 170, 17)
    return latitude, longitude
