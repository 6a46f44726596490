"""Exponential smoothing.

Level and trend of a series, one value after the other (Brown 1959, Holt 1957), and a forecast of
the next values.
"""

import numpy as np


def exponential_smoothing(series, alpha=0.5, beta=0.3, ahead=4):
    level, trend = series[0], series[1] - series[0]
    smoothed = np.empty_like(series)
    for t, value in enumerate(series):
        last = level
        level = alpha * value + (1 - alpha) * (level + trend)
        trend = beta * (level - last) + (1 - beta) * trend
        smoothed[t] = level
    forecast = [level + (h + 1) * trend for h in range(ahead)]
    return smoothed, np.append(smoothed, forecast)


def inputs(rng):
    return (np.repeat([0.0, 3.0, 0.0], 10) + np.round(rng.random(30)),)
