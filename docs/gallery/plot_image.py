"""
A photograph in few eigenvalues
===============================

A photograph, encoded on blocks of 8 by 8 as JPEG does, with the error that is asked for.
"""

import matplotlib.cbook as cbook
import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

with cbook.get_sample_data("grace_hopper.jpg") as file:
    photograph = plt.imread(file)[:600, :512].mean(axis=2)
brightness = np.float32(photograph / 255)
encoded = {tol: qv.encode(brightness, "blocked(cosine, 8)", tol=tol) for tol in (0.02, 0.1)}

figure, axes = plt.subplots(1, 3, figsize=(6, 2.9), layout="constrained")
axes[0].imshow(photograph, cmap="gray")
axes[0].set_title(f"as bytes\n{photograph.size // 1024} KiB", fontsize=13)
for axis, (tol, e) in zip(axes[1:], encoded.items(), strict=True):
    axis.imshow(e.todense(), cmap="gray")
    axis.set_title(f"error {tol:.0%}\n{e.nbytes // 1024} KiB", fontsize=13)
for axis in axes:
    axis.set_axis_off()
plt.show()
