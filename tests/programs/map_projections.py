"""Maps of the globe.

Mercator's (1569), Lambert's equal-area (1772) and the gnomonic projection, there and back by
hyperbolic and inverse functions.
"""

import numpy as np


def map_projections(latitude, longitude):
    phi, lam = np.deg2rad(latitude), np.deg2rad(longitude)
    mercator = np.arcsinh(np.tan(phi))
    assert np.allclose(np.rad2deg(np.arctan(np.sinh(mercator))), latitude)
    scale = np.cosh(mercator)
    assert np.allclose(np.reciprocal(np.cos(phi)), scale)
    assert np.allclose(np.abs(mercator), np.arccosh(scale), atol=1e-6)
    assert np.allclose(mercator, np.arctanh(np.sin(phi)))
    equal_area = np.sqrt(2) * np.sin((np.pi / 2 - phi) / 2) * 2 / np.sqrt(2)
    visible = np.cos(phi) * np.cos(lam) > 0.1
    x, y = np.full_like(phi, np.nan), np.full_like(phi, np.nan)
    x[visible] = np.tan(lam[visible])
    y[visible] = np.tan(phi[visible]) / np.cos(lam[visible])
    back = np.arccos(np.clip(np.cos(phi) * np.cos(lam), -1, 1))
    return mercator, equal_area, x, y, np.degrees(back), visible


def inputs(rng):
    latitude = np.where(rng.random(40) < 0.5, 0.0, rng.integers(-80, 81, 40))
    return latitude, np.where(rng.random(40) < 0.5, 0.0, rng.integers(-180, 180, 40))
