"""Price and delta of a European call option.

The formula of Black and Scholes (1973). The normal distribution is approximated with `np.exp`
only (Abramowitz and Stegun 1964, 26.2.17).
"""

import numpy as np


def black_scholes(spot, strike, years, volatility, rate=0.02):
    def normal_cdf(x):
        k = 1 / (1 + 0.2316419 * np.abs(x))
        series = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (
            -1.821255978 + k * 1.330274429))))  # fmt: skip
        tail = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * series
        return np.where(x >= 0, 1 - tail, tail)

    spread = volatility * np.sqrt(years)
    d1 = (np.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    delta = normal_cdf(d1)
    price = spot * delta - strike * np.exp(-rate * years) * normal_cdf(d1 - spread)
    return price, delta


def inputs(rng):
    n = 40
    spot = np.full(n, 100.0)
    spot[:10] = rng.uniform(80, 120, 10)
    return spot, np.linspace(70, 130, n), np.full(n, 0.5), np.full(n, 0.25)
