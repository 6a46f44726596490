"""
A table of two million entries
==============================

Who bought what, in 10**6 rows and 10**5 columns: statistics, normalisation, a filter, products, the
best of each row, a join and a file, each in one line, beside the same with ``scipy.sparse``.
"""

import tempfile
from pathlib import Path
from time import process_time

import matplotlib.pyplot as plt
import numpy as np
import scipy.sparse as sp

import qvarray as qv

rng = np.random.default_rng(0)
shape, k = (10**6, 10**5), 2 * 10**6
coords = rng.integers(0, shape[0], k), rng.integers(0, shape[1], k)
values = rng.random(k)
prices = rng.random(shape[1])
folder = Path(tempfile.mkdtemp())
x = qv.from_coordinates(coords, values, shape)
a = sp.coo_array((values, coords), shape=shape).tocsr()


def best_of_each_row(a, count):
    """Do what qv.topk does: scipy.sparse has nothing for it."""
    rows = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    order = np.lexsort((-a.data, rows))
    out = np.full((a.shape[0], count), -1)
    for place in range(count):
        has = np.diff(a.indptr) > place
        out[has, place] = a.indices[order[a.indptr[:-1][has] + place]]
    return out


# %%
# Each pair does the same. What qvarray returns is an array again.

steps = {
    "build": (
        lambda: qv.from_coordinates(coords, values, shape),
        lambda: sp.coo_array((values, coords), shape=shape).tocsr(),
    ),
    "row sums": (lambda: x.sum(axis=1), lambda: a.sum(axis=1)),
    "row maxima": (lambda: x.max(axis=1), lambda: a.max(axis=1)),
    "column means": (lambda: x.mean(axis=0), lambda: a.mean(axis=0)),
    "column variances": (
        lambda: x.var(axis=0),
        lambda: a.power(2).mean(axis=0) - a.mean(axis=0) ** 2,
    ),
    "normalise rows": (
        lambda: x / np.maximum(x.sum(axis=1, keepdims=True), 1e-300),
        lambda: sp.diags_array(1 / np.maximum(a.sum(axis=1), 1e-300)) @ a,
    ),
    "filter entries": (lambda: x * (x > 0.9), lambda: a.multiply(a > 0.9)),
    "filter rows": (lambda: x[x.sum(axis=1) > 1.5], lambda: a[a.sum(axis=1) > 1.5]),
    "times prices": (lambda: x * prices, lambda: a.multiply(prices).tocsr()),
    "product": (lambda: x @ prices, lambda: a @ prices),
    "best 3 of each row": (lambda: qv.topk(x, 3, axis=1), lambda: best_of_each_row(a, 3)),
    "join": (lambda: np.concatenate([x, x]), lambda: sp.vstack([a, a])),
    "save": (
        lambda: qv.save(folder / "x.qv", x),
        lambda: sp.save_npz(folder / "a.npz", a),
    ),
    "load": (lambda: qv.load(folder / "x.qv"), lambda: sp.load_npz(folder / "a.npz")),
}


def seconds(call):
    """Return the least of three times, after a first one."""
    call()
    found = []
    for _ in range(3):
        begin = process_time()
        call()
        found.append(process_time() - begin)
    return max(min(found), 1e-5)


times = {name: [1e3 * seconds(call) for call in pair] for name, pair in steps.items()}

# %%
# Times of a processor, in milliseconds.

figure, axis = plt.subplots(figsize=(7, 5), layout="constrained")
place = np.arange(len(times))
for offset, (library, column) in ((-0.2, ("qvarray", 0)), (0.2, ("scipy.sparse", 1))):
    axis.barh(place + offset, [pair[column] for pair in times.values()], 0.4, label=library)
axis.set_yticks(place, list(times))
axis.invert_yaxis()
axis.set_xscale("log")
axis.set_xlabel("milliseconds")
axis.legend()
plt.show()
