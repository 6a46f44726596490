"""Arrays made like another, and by NumPy's functions with ``like=``."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, check, shapes, spectral_twins, twins

ORDERS = st.sampled_from(["C", "F", "A", "K", "Q"])
LIKE = qv.asarray([0.0])
WHOLE = [dtype for dtype in DTYPES if dtype.kind in "biu"]
HUGE = (2**30, 2**32)


#: What may be asked for instead of an array's own shape.
NEW_SHAPES = st.none() | shapes() | st.integers(-1, 3) | st.sampled_from([2.5, "ab", (2, -1)])


@st.composite
def numbers(draw):
    """Scalars of Python and of NumPy, some of which do not fit into all dtypes."""
    python = st.integers(-300, 300) | st.sampled_from([True, 1.5, -0.0, np.nan, np.inf, 2j, 2**63])
    typed = st.sampled_from(DTYPES).map(lambda dtype: dtype.type(1))
    return draw(python | typed)


def same_outcome(call, like_call):
    """The call with ``like=`` makes a VirtualQArray of what the one without makes, or refuses."""
    check(lambda make: make(), (call, like_call))


@given(twins() | spectral_twins(), st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_like_another(pair, data):
    dtype = data.draw(st.none() | st.sampled_from(DTYPES))
    shape = data.draw(NEW_SHAPES)
    kwargs = {"dtype": dtype, "order": data.draw(ORDERS), "subok": data.draw(st.booleans())}
    kwargs["device"] = data.draw(st.sampled_from([None, "cpu"]))
    check(lambda x: np.zeros_like(x, device="gpu"), pair)
    check(lambda x: np.zeros_like(x, **kwargs, shape=shape), pair)
    check(lambda x: np.ones_like(x, **kwargs, shape=shape), pair)
    check(lambda x: np.empty_like(x, **kwargs, shape=shape).shape, pair)
    check(lambda x: np.empty_like(x, **kwargs, shape=shape).dtype, pair)
    value = data.draw(numbers())
    check(lambda x: np.full_like(x, value, **kwargs, shape=shape), pair)
    check(lambda x: np.full_like(x, [1, 2, 3], **kwargs), pair)
    # Which integer becomes of NaN, or of numbers out of bounds, NumPy leaves to the processor.
    values = DTYPES if pair[0].dtype.kind in "fc" else WHOLE
    check(np.full_like, pair, data.draw(twins(values, st.sampled_from([(), (1,)]))))


def test_like_what_cannot_be_materialised():
    x = qv.from_coordinates([[3], [4]], [5], HUGE)
    for made, value in ((np.zeros_like(x), 0), (np.ones_like(x), 1), (np.full_like(x, 7), 7)):
        made.spectrum.check()
        assert made.shape == HUGE
        assert made.dtype == x.dtype
        assert made.nbytes == 0
        assert made[2**29, 2**31] == value
    assert np.empty_like(x, float, shape=2**62).nbytes == 0
    with pytest.raises(ValueError, match="2\\*\\*63"):
        np.zeros_like(x, shape=2**63)


def test_full_of_a_lossy_array_is_lossy():
    noisy = qv.encode(np.random.default_rng(0).random(64), tol=0.3, basis="cosine")
    assert noisy.recovery_error > 0
    assert np.full((2, 64), noisy, like=LIKE).recovery_error > 0
    assert np.zeros_like(noisy).recovery_error == 0


@given(NEW_SHAPES.filter(lambda shape: shape is not None), st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_filled(shape, data):
    dtype = data.draw(st.none() | st.sampled_from(DTYPES))
    order = data.draw(st.sampled_from("CF"))
    for make in (np.zeros, np.ones):
        same_outcome(
            lambda f=make: f(shape, dtype, order), lambda f=make: f(shape, dtype, order, like=LIKE)
        )
    same_outcome(
        lambda: np.empty(shape, dtype).shape, lambda: np.empty(shape, dtype, like=LIKE).shape
    )
    for order in "AKQ":
        same_outcome(
            lambda o=order: np.ones(1, order=o), lambda o=order: np.ones(1, order=o, like=LIKE)
        )
    value = data.draw(numbers() | st.lists(st.integers(0, 3), max_size=3))
    same_outcome(
        lambda: np.full(shape, value, dtype), lambda: np.full(shape, value, dtype, like=LIKE)
    )


@given(
    st.integers(-1, 7), st.none() | st.integers(-1, 7), st.integers(-9, 9), st.sampled_from(DTYPES)
)
def test_eye(n, m, k, dtype):
    same_outcome(lambda: np.eye(n, m, k, dtype), lambda: np.eye(n, m, k, dtype, like=LIKE))
    same_outcome(lambda: np.identity(n, dtype), lambda: np.identity(n, dtype, like=LIKE))


def test_eye_refuses_what_numpy_refuses():
    for args in ((2.0,), (2, 2.0), (2, 2, 0.5), (2, 2, 0, float, "Q")):
        same_outcome(lambda a=args: np.eye(*a), lambda a=args: np.eye(*a, like=LIKE))
    same_outcome(lambda: np.identity(3), lambda: np.identity(3, like=LIKE))
    with pytest.raises(TypeError):
        np.eye(2, dtype="S3", like=LIKE)


@pytest.mark.parametrize("k", [0, 5, -5, 2**30, -(2**30), 2**40])
def test_eye_that_cannot_be_materialised(k):
    x = np.eye(1000, 2**40, k, like=LIKE)
    x.spectrum.check()
    rows = [i for i in range(1000) if 0 <= i + k < 2**40]
    assert x.nactive == len(rows)
    assert all(x[i, i + k] == 1 for i in rows[:3] + rows[-3:])
    with pytest.raises(qv.MaterializationError):
        np.eye(2**31, like=LIKE)
