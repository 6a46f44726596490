"""A ledger in ordinary arrays.

Accounts that the program makes with `np.zeros` are updated from arguments: sums into them, index
arrays and masks into them, reversed operators, and products on either side.
"""

import numpy as np


def mixed_ledger(accounts, amounts, urgent):
    ledger = np.zeros(6, amounts.dtype)
    np.add.at(ledger, accounts, amounts)
    again = np.bincount(accounts, weights=amounts, minlength=6)
    assert (ledger == again).all()
    fees = np.arange(len(amounts))
    fees[urgent] = 100
    fees[~urgent] += amounts[~urgent]
    fees *= 2
    fees -= amounts
    np.multiply(fees, amounts, out=fees)
    row = np.ones(len(amounts), int)
    row[1:] = amounts[:-1]
    row[accounts == 1] = amounts[accounts == 1] * 3
    assert row @ amounts == amounts @ row == np.dot(row, amounts)
    last = np.zeros((2, len(amounts)), int)
    last[0] = amounts
    last[1, ::2] = amounts[::2]
    return (
        fees - amounts,
        100 - amounts,
        row[:, None] * amounts,
        last.sum() - amounts,
        (ledger.tolist()),
    )


def inputs(rng):
    amounts = rng.integers(-9, 10, 25) * (rng.random(25) < 0.5)
    return rng.integers(0, 6, 25), amounts, rng.random(25) < 0.2
