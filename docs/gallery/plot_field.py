"""
A field in few eigenvalues
==========================

A smooth field with a ridge, encoded on blocks with eigenvalues of eight bits.
"""

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

y, x = np.mgrid[-1:1:256j, -1:1:256j]
field = np.exp(-4 * (x**2 + y**2)) + 0.3 * (abs(y - 0.5 * x) < 0.05)
e = qv.encode(field, basis="blocked(cosine, 8)", tol=0.02, storage="int8")
figure, axes = plt.subplots(1, 3, figsize=(6, 2.4), layout="constrained")
pictures = {
    f"field, {field.nbytes // 1024} KiB": field,
    f"encoded, {e.nbytes // 1024} KiB": e.todense(),
    "difference": e.todense() - field,
}
for axis, (title, picture) in zip(axes, pictures.items(), strict=True):
    axis.imshow(picture)
    axis.set_title(title, fontsize=10)
    axis.set_axis_off()
plt.show()
