"""Stable matching.

Proposals and refusals until nobody would change (Gale and Shapley 1962). Rows are preferences,
best first.
"""

import numpy as np


def stable_matching(suitors, hosts):
    n = len(suitors)
    rank = np.empty_like(hosts)
    np.put_along_axis(rank, hosts, np.arange(n)[np.newaxis, :], axis=1)
    following = np.zeros_like(suitors[0])
    partner = np.full_like(following, -1)
    free = list(range(n))
    proposals = 0
    while free:
        suitor = free.pop()
        host = suitors[suitor, following[suitor]]
        following[suitor] += 1
        proposals += 1
        rival = partner[host]
        if rival < 0:
            partner[host] = suitor
        elif rank[host, suitor] < rank[host, rival]:
            partner[host] = suitor
            free.append(int(rival))
        else:
            free.append(suitor)
    return partner, np.argsort(partner), proposals, rank[np.arange(n), partner].mean()


def inputs(rng):
    return tuple(np.argsort(rng.random((9, 9)), axis=1) for _ in range(2))
