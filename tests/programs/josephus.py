"""The problem of Josephus.

Every third in a ring is struck out until one is left (Flavius Josephus, first century), with
`np.delete`, with `np.roll` and with a linked list in an array.
"""

import numpy as np


def josephus(people, step=3):
    ring, position, order = people.copy(), 0, []
    while ring.size:
        position = (position + step - 1) % ring.size
        order.append(int(ring[position]))
        ring = np.delete(ring, position)

    turned = people
    while turned.size > 1:
        turned = np.roll(turned, -(step - 1))[1:]
    assert turned[0] == order[-1]

    following = np.roll(np.arange(len(people)), -1)
    at = len(people) - 1
    for expected in order:
        for _ in range(step - 1):
            at = following[at]
        assert people[following[at]] == expected
        following[at] = following[following[at]]
    people[np.isin(people, order[:-1])] = 0
    return order, turned, people.nonzero()


def inputs(rng):
    return (rng.permutation(np.arange(1, 25)),)
