"""Price of an Asian option by simulation.

Paths of geometric Brownian motion from given normal numbers, with antithetic ones (Boyle 1977;
Glasserman, *Monte Carlo Methods in Financial Engineering*).
"""

import numpy as np

ROUNDING = 8


def monte_carlo_option(normals, spot=100.0, strike=100.0, rate=0.03, volatility=0.2, years=1.0):
    both = np.concatenate([normals, -normals])
    step = years / both.shape[1]
    drift = (rate - volatility**2 / 2) * step
    logarithms = np.cumsum(drift + volatility * np.sqrt(step) * both, axis=1)
    paths = spot * np.exp(logarithms)
    payoff = np.maximum(paths.mean(axis=1) - strike, 0)
    value = np.exp(-rate * years) * payoff
    error = value.std(ddof=1) / np.sqrt(value.size)
    return value.mean(), error, np.count_nonzero(payoff) / payoff.size


def inputs(rng):
    return (rng.standard_normal((60, 12)),)
