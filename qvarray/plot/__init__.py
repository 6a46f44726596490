"""Pictures of how an array is stored.

They need Matplotlib, ``pip install "qvarray[plot]"``, which is imported when the first is drawn.
"""

from .paged import pages
from .spectra import spectrum

__all__ = ["pages", "spectrum"]


def __dir__() -> list[str]:
    return __all__
