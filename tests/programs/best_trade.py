"""Extremes of sequences in one pass.

The best time to buy and to sell, the largest sum of a stretch (Kadane 1984), and the water that
stays between walls, by running maxima from both sides.
"""

import numpy as np


def best_trade(prices, changes, walls):
    lowest = np.minimum.accumulate(prices)
    profit = prices - lowest
    sell = int(profit.argmax())
    buy = int(prices[: sell + 1].argmin())

    total = np.concatenate([[0], changes.cumsum()])
    gain = total - np.fmin.accumulate(total)
    end = int(gain.argmax())
    start = int(total[: end + 1].argmin())
    assert changes[start:end].sum() == gain.max()

    left = np.maximum.accumulate(walls)
    right = np.maximum.accumulate(walls[::-1])[::-1]
    water = np.minimum(left, right) - walls
    walls += water
    return (buy, sell, profit[sell]), (start, end, gain[end]), water, np.maximum.reduce(water)


def inputs(rng):
    changes = rng.integers(-9, 10, 40) * (rng.random(40) < 0.5)
    return 50 + changes.cumsum(), changes, rng.integers(0, 6, 30) * (rng.random(30) < 0.5)
