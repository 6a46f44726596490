"""Rules of NumPy's array manipulation routines. Importing this registers them."""

from . import (
    adding_and_removing,
    axis_views,
    basic,
    joining,
    padding,
    rearranging,
    shape,
    splitting,
    tiling,
)
