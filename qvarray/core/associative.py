"""Which ufuncs may combine the elements of an array in any grouping, and how: one table.

Reductions page by page and in closed form are for these ufuncs alone.
"""

from __future__ import annotations

import numpy as np

EXTREMA = (np.maximum, np.minimum, np.fmax, np.fmin)

#: A value combined with itself is that value.
IDEMPOTENT = frozenset(
    (*EXTREMA, np.logical_and, np.logical_or, np.bitwise_and, np.bitwise_or),
)

#: A value combined with itself an even number of times is what it is twice. The last two are
#: associative for bool only.
ALTERNATING = frozenset((np.logical_xor, np.bitwise_xor, np.equal, np.not_equal))

#: Reductions may combine the results of parts in any grouping, whatever the dtype is.
ASSOCIATIVE = (
    IDEMPOTENT
    | ALTERNATING
    | {
        np.add,
        np.multiply,
        np.logaddexp,
        np.logaddexp2,
        np.hypot,
        np.gcd,
        np.lcm,
    }
) - {np.equal, np.not_equal}

#: A result that no other element changes any more.
ABSORBING: dict[np.ufunc, bool] = {np.logical_and: False, np.logical_or: True}
