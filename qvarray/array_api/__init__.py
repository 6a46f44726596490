"""The Python array API standard, 2024.12: a file for each of its chapters.

Every function takes and returns VirtualQArrays; most are NumPy's of the same name.
"""

from . import (
    constants,
    creation,
    dtypes,
    elementwise,
    inspection,
    linear_algebra,
    manipulation,
    searching,
    sets,
    sorting,
    statistics,
    utility,
)
from .constants import *  # noqa: F403
from .creation import *  # noqa: F403
from .dtypes import *  # noqa: F403
from .elementwise import *  # noqa: F403
from .inspection import *  # noqa: F403
from .linear_algebra import *  # noqa: F403
from .manipulation import *  # noqa: F403
from .searching import *  # noqa: F403
from .sets import *  # noqa: F403
from .sorting import *  # noqa: F403
from .statistics import *  # noqa: F403
from .utility import *  # noqa: F403

__all__ = []
__all__ += constants.__all__
__all__ += creation.__all__
__all__ += dtypes.__all__
__all__ += elementwise.__all__
__all__ += inspection.__all__
__all__ += linear_algebra.__all__
__all__ += manipulation.__all__
__all__ += searching.__all__
__all__ += sets.__all__
__all__ += sorting.__all__
__all__ += statistics.__all__
__all__ += utility.__all__
