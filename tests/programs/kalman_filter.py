"""Kalman filter.

Position and velocity from noisy positions (Kalman 1960). Missing measurements are NaN, and are
predicted only.
"""

import numpy as np

ROUNDING = 16


def kalman_filter(measured, transition, noise, variance=1.0):
    state = np.zeros_like(transition[0])
    covariance = 100.0 * np.eye(2)
    observe = np.array([1.0, 0.0])
    track = np.empty_like(transition, shape=(len(measured), 2))
    for t, z in enumerate(measured):
        state = transition @ state
        covariance = transition @ covariance @ transition.T + noise
        if not np.isnan(z):
            gain = covariance @ observe / (observe @ covariance @ observe + variance)
            state += gain * (z - observe @ state)
            covariance = covariance - np.outer(gain, observe @ covariance)
        track[t] = state
    return track, covariance


def inputs(rng):
    measured = 0.5 * np.arange(30) + rng.standard_normal(30)
    measured[[4, 5, 17]] = np.nan
    return measured, np.array([[1.0, 1.0], [0.0, 1.0]]), np.diag([0.0, 0.01])
