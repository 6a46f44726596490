"""Repayment of loans.

Compound interest by `multiply.accumulate`, the balance month by month in place, and a table of
payments by `outer` (Stevin, *Tafelen van Interest*, 1582).
"""

import numpy as np


def amortisation(balance, rates, months=12):
    growth = np.multiply.accumulate(1 + rates)
    factor = (1 + rates) ** -months
    part = np.where(rates > 0, rates / np.where(rates > 0, 1 - factor, 1), 1 / months)
    payment = balance * part
    paid = np.zeros_like(balance)
    rows = []
    for _ in range(months):
        interest = balance * rates
        paid += interest
        balance += interest
        np.subtract(balance, payment, out=balance)
        balance[np.abs(balance) < 1e-6] = 0
        rows.append(balance.copy())
    assert not balance.any()
    table = np.add.outer(np.round(payment, 2), [0.0, 5.0])
    course = np.vstack(rows)
    return growth, payment, paid, table, course, np.argmax(course < 500, axis=0)


def inputs(rng):
    balance = np.full(15, 1000.0)
    balance[:5] = rng.integers(1, 50, 5) * 100.0
    return balance, np.where(np.arange(15) % 3 == 0, 0.0, 0.01)
