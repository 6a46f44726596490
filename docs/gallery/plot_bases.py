"""
Basis functions
===============

What one eigenvalue means in each basis, on an axis of 64 samples.
"""

import matplotlib.pyplot as plt

import qvarray as qv

names = ["standard", "walsh", "cosine", "haar", "blocked(cosine, 16)"]
figure, axes = plt.subplots(len(names), 1, figsize=(5.5, 7), sharex=True, layout="constrained")
for name, axis in zip(names, axes, strict=True):
    for index in (1, 5):
        function = qv.from_eigenvalues([1.0], [index], 64, basis=name)
        axis.step(range(64), function.todense(), where="mid", label=f"index {index}")
    axis.set_ylabel(name, fontsize=8)
axes[0].legend(loc="upper right")
axes[-1].set_xlabel("position")
plt.show()
