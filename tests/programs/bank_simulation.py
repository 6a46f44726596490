"""Objects that own arrays.

A class with arrays for attributes, methods that change them, properties and operators: a small
bank with transfers, and a log of them.
"""

import numpy as np


class Bank:
    def __init__(self, balances):
        self.balances = balances
        self.log = []

    @property
    def total(self):
        return self.balances.sum()

    def __getitem__(self, who):
        return self.balances[who]

    def transfer(self, giver, taker, amount):
        if self.balances[giver] < amount:
            return False
        self.balances[giver] -= amount
        self.balances[taker] += amount
        self.log.append((int(giver), int(taker), int(amount)))
        return True


def bank_simulation(balances, orders):
    bank = Bank(balances)
    before = bank.total
    refused = [i for i, order in enumerate(orders) if not bank.transfer(*order)]
    assert bank.total == before
    givers, takers, amounts = map(list, zip(*bank.log, strict=True))
    flow = np.zeros_like(balances, shape=(len(balances),) * 2)
    np.add.at(flow, (givers, takers), amounts)
    net = flow.sum(axis=0) - flow.sum(axis=1)
    interest = bank[:] // 50
    bank.balances += interest
    return refused, flow, net, bank[net.argmax()], bank.balances


def inputs(rng):
    orders = np.stack([*rng.integers(0, 8, (2, 50)), rng.integers(1, 60, 50)], axis=1)
    return np.full(8, 100), orders
