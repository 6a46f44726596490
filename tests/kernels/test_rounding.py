"""Rounding to multiples of a step, and what it loses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from qvarray.kernels import rounding

_NUMBERS = hnp.arrays(np.float64, st.integers(0, 200), elements=st.floats(-1e6, 1e6))


@given(_NUMBERS, st.sampled_from([1.0, 0.1, 3.7, 1e-3]), st.sampled_from([0.0, 0.5, 0.6, 0.9]))
def test_multiples_and_what_they_lose(numbers, step, dead):
    multiples, square, inner = rounding.rounded(numbers, step, dead * step)
    assert multiples.dtype == np.int32
    assert multiples.shape == numbers.shape
    off = numbers - multiples * step
    # Up to what the division rounds, nothing is nearer than the nearest multiple.
    kept = np.abs(numbers) >= dead * step
    assert np.all(np.abs(off[kept]) <= step * (0.5 + 1e-9) + 1e-9)
    assert not multiples[~kept].any()
    np.testing.assert_allclose(inner, np.sum(off * multiples), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(square, np.sum(off * off), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(rounding.lost(numbers, step, dead * step), square, rtol=1e-12)
