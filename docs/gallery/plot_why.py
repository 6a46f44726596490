"""
Why virtual arrays
==================

A call costs what the array stores, not what it stands for: a mean and a product, at growing sizes.
"""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

rng = np.random.default_rng(0)


def microseconds(x):
    (x * 2).mean()
    times = []
    for _ in range(5):
        start = perf_counter()
        (x * 2).mean()
        times.append(perf_counter() - start)
    return 1e6 * min(times)


def virtual(n):
    return qv.from_coordinates(np.sort(rng.choice(n, 1000, replace=False)), np.ones(1000), n)


sizes = 2 ** np.arange(12, 25, 2)

dense = [microseconds(np.zeros(n)) for n in sizes]
ours = [microseconds(virtual(n)) for n in sizes]

figure, axis = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
axis.loglog(sizes, dense, "o-", label="ndarray", linewidth=2.5)
axis.loglog(sizes, ours, "s-", label="virtual array, 1000 entries", linewidth=2.5)
axis.set_xlabel("elements", fontsize=13)
axis.set_ylabel("(2 x).mean(), microseconds", fontsize=13)
axis.legend(fontsize=12)
plt.show()
