"""What all pictures look like: colours, and figures as people read them."""

from __future__ import annotations

from ..runtime import units

# Okabe and Ito's, which colour-blind readers can tell apart.
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
GREY = "0.45"


# Sizes below it are short enough to be written as they are.
_SHORT = 10_000


def as_count(n: int) -> str:
    """Write a size: as a power of two where it is a large one."""
    return str(n) if n < _SHORT else as_power(n)


def as_power(n: int) -> str:
    """Write a size as a power of two, where it is one, in Matplotlib's markup."""
    text = units.power(n)
    return f"${text.replace('^', '^{')}}}$" if "^" in text else text
