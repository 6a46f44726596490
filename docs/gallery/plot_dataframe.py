"""
A table of ratings
==================

A DataFrame of who rated what is a sparse matrix: means and ranks are computed on its entries.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import qvarray as qv

rng = np.random.default_rng(0)
many = 200_000
table = pd.DataFrame({
    "user": rng.zipf(1.6, many) % 100_000,
    "item": rng.zipf(1.4, many) % 1_000_000,
    "rating": rng.integers(1, 6, many).astype(float),
}).drop_duplicates(["user", "item"])  # fmt: skip

x = qv.from_coordinates(table[["user", "item"]].to_numpy().T, table["rating"], (10**5, 10**6))
seen = (x != 0).sum(axis=0)
mean = x.sum(axis=0) / np.maximum(seen, 1)
print(f"{x.nbytes / 1e6:.1f} MB stored, {x.virtual_nbytes / 1e9:.0f} GB as a dense array")

top = np.asarray(qv.topk(seen, 8)[1])
figure, axis = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
axis.barh([f"item {item}" for item in top], np.asarray(mean[top]), color="tab:blue")
for row, item in enumerate(top):
    axis.text(0.1, row, f"{int(seen[item])} ratings", color="white", va="center", fontsize=11)
axis.invert_yaxis()
axis.set_xlabel("mean rating", fontsize=13)
axis.set_title("The items that are rated most", fontsize=14)
plt.show()
