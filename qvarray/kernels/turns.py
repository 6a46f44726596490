"""Complex numbers of absolute value 1 by their turns. No kernel: it needs no compiler."""

import cmath

__all__ = ["eighths"]


def eighths(turns: float) -> complex:
    """``exp(2j * pi * turns)``, exact to the last bit at multiples of an eighth."""
    eighth = turns * 8
    if eighth == int(eighth):
        half = 0.5**0.5
        return (
            1 + 0j, complex(half, half), 1j, complex(-half, half),
            -1 + 0j, complex(-half, -half), -1j, complex(half, -half),
        )[int(eighth) % 8]  # fmt: skip
    return cmath.exp(2j * cmath.pi * turns)
