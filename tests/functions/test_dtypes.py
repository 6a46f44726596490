"""Data types of operands and results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.huge import sparse_array
from tests.twin import DTYPES, check, spectral_twins, twins

ANY_TWINS = twins() | spectral_twins()
ROUNDED_ALIKE = [np.dtype(name) for name in ("f2", "f4", "f8", "c8", "c16")]
INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "iu"]
SCALARS = st.sampled_from([1, 2.5, 1j, True, np.int8(3), np.float32(1), 10**30])


@given(ANY_TWINS, ANY_TWINS, SCALARS, st.sampled_from(DTYPES))
def test_dtypes_of_several(pair, other, scalar, dtype):
    check(lambda x, y: np.result_type(x, y), pair, other)
    check(lambda x, y: np.result_type(scalar, y, dtype, x), pair, other)
    check(lambda x, y: np.result_type(x, np.zeros(1, np.float32), "i2"), pair, other)
    check(lambda x, y: np.common_type(x, y), pair, other)
    check(lambda x, y: np.common_type(np.zeros(1, dtype), x), pair, other)


@given(ANY_TWINS, st.sampled_from([*DTYPES, "S3", "nonsense", None, float]))
def test_casts(pair, dtype):
    for casting in ("no", "equiv", "safe", "same_kind", "unsafe", "nonsense"):
        check(lambda x, c=casting: np.can_cast(x, dtype, c), pair)
    check(lambda x: np.can_cast(x, x.dtype), pair)
    check(np.min_scalar_type, pair)


@given(twins(shape=st.just(())))
def test_min_scalar_type_of_no_dimensions(pair):
    check(np.min_scalar_type, pair)


@given(ANY_TWINS, st.sampled_from([*DTYPES, None, "nonsense"]), st.booleans())
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_astype(pair, dtype, copy):
    if pair[0].dtype.kind in "fc" and dtype in INTEGERS:
        return  # NumPy leaves it to the processor what becomes of NaN
    loose = {"rounding": 64, "scale": 8.0} if not pair[1].spectrum.is_standard else {}
    if loose and dtype not in (None, "nonsense", *ROUNDED_ALIKE):
        return  # rounding errors are those of float64, and may truncate to another integer
    check(lambda x: np.astype(x, dtype, copy=copy), pair, **loose)
    check(lambda x: np.astype(x, float, device="gpu"), pair)
    x = pair[1]
    assert (np.astype(x, x.dtype, copy=copy) is x) is not copy


def test_types_of_what_cannot_be_materialised(large):
    assert np.result_type(large, np.float32) == np.dtype(float)
    assert np.can_cast(large, np.complex64) is np.can_cast(float, np.complex64)
    assert np.min_scalar_type(large) == np.dtype(float)
    assert np.common_type(large) is np.float64
    assert np.astype(large, np.float32).nactive == large.nactive


@pytest.fixture(scope="module")
def large():
    return sparse_array((2**30, 2**30), values=lambda rng, k: rng.random(k))
