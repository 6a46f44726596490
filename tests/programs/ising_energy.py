"""Energy and magnetisation of the Ising model.

Spins of +1 and -1 on a torus (Ising 1925); every spin's energy by `np.roll`, then one sweep of
deterministic cooling on the black squares of a chessboard, in place.
"""

import numpy as np


def ising_energy(spins, coupling=1.0, field=0.1):
    def local_field():
        around = np.roll(spins, 1, 0) + np.roll(spins, -1, 0)
        return around + np.roll(spins, 1, axis=1) + np.roll(spins, -1, axis=1)

    energies = [-coupling / 2 * (spins * local_field()).sum() - field * spins.sum()]
    for start in (0, 1):
        flip = spins * local_field() < 0
        flip[start::2, ::2] = False
        flip[1 - start :: 2, 1::2] = False
        spins[flip] *= -1
        energies.append(-coupling / 2 * (spins * local_field()).sum() - field * spins.sum())
    return energies, spins.mean()


def inputs(rng):
    return (np.where(rng.random((16, 16)) < 0.8, 1, -1),)
