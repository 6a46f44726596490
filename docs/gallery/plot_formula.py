"""
One formula
===========

Three eigenvalues at their active indices, what each stands for, and their sum: the array.
"""

import matplotlib.pyplot as plt

import qvarray as qv

n, indices, values = 128, [2, 9, 31], [3.0, 1.5, -0.8]
x = qv.from_eigenvalues(values, indices, n, basis="cosine")
figure, axes = plt.subplots(3, 1, figsize=(5.5, 6), layout="constrained")
axes[0].stem(x.active_indices, x.eigenvalues)
axes[0].set(xlim=(-1, 64), xlabel="index", title="eigenvalues at active indices: what is stored")
for index, value in zip(indices, values, strict=True):
    term = qv.from_eigenvalues([value], [index], n, basis="cosine")
    axes[1].plot(term.todense(), label=f"{value} times cosine {index}")
axes[1].legend(fontsize=8, loc="upper right")
axes[1].set_title("each is a multiple of a function of the basis")
axes[2].plot(x.todense(), color="black")
axes[2].set(xlabel="position", title=f"their sum: {x.virtual_nbytes} bytes, {x.nbytes} stored")
plt.show()
