"""Arrays made like another, and by NumPy's functions with ``like=``."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, FLOATS, assert_same, check, shapes, spectral_twins, twins

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


STARTS = st.integers(-5, 5) | st.sampled_from([0.5, -1.5, np.float32(2), np.nan, np.inf, 1j, "a"])


@given(STARTS, st.none() | STARTS, STARTS, st.sampled_from([None, *DTYPES]))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arange(start, stop, step, dtype):
    same_outcome(
        lambda: np.arange(start, stop, step, dtype=dtype),
        lambda: np.arange(start, stop, step, dtype=dtype, like=LIKE),
    )
    same_outcome(lambda: np.arange(start), lambda: np.arange(start, like=LIKE))
    same_outcome(lambda: np.arange(0, step=step), lambda: np.arange(0, step=step, like=LIKE))
    same_outcome(lambda: np.arange(1, stop=stop), lambda: np.arange(1, stop=stop, like=LIKE))


def test_budget_of_what_is_dense():
    with qv.options(memory_budget=10**6):
        for call in (
            lambda: np.arange(10**9, like=LIKE),
            lambda: np.arange(0, stop=-(10**9), step=-1, like=LIKE),
            lambda: np.arange(0, 1, 1e-9, like=LIKE),
            lambda: np.fromfunction(np.add, (10**5, 10**5), like=LIKE),
            lambda: np.linspace(LIKE, 2.0, 10**7),
            lambda: np.geomspace(LIKE + 1, 2.0, 10**7),
            lambda: np.logspace(0.0, 2.0, 10**7, base=LIKE + 2),
        ):
            with pytest.raises(qv.MaterializationError):
                call()


@given(twins(), st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_conversions_of_virtual_arrays(pair, data):
    kinds = DTYPES if pair[0].dtype.kind in "biu" else FLOATS
    dtype = data.draw(st.none() | st.sampled_from(kinds))
    copy = data.draw(st.sampled_from([None, True, False]))
    # An order in memory is nothing that a copy would be needed for.
    order = data.draw(ORDERS) if copy is not False else None
    ndmin = data.draw(st.integers(0, 4))
    check(
        lambda x: np.asarray(x, dtype, order, copy=copy, like=LIKE if x is pair[1] else None), pair
    )
    check(lambda x: np.asanyarray(x, dtype, like=LIKE if x is pair[1] else None), pair)
    check(
        lambda x: np.array(x, dtype, copy=copy, ndmin=ndmin, like=LIKE if x is pair[1] else None),
        pair,
    )
    check(lambda x: np.ascontiguousarray(x, dtype, like=LIKE if x is pair[1] else None), pair)
    check(lambda x: np.asfortranarray(x, dtype, like=LIKE if x is pair[1] else None), pair)
    for wanted in (None, "C", ["F", "W"], ["C", "F"], "E", ["?"]):
        check(
            lambda x, w=wanted: np.require(x, dtype, w, like=LIKE if x is pair[1] else None), pair
        )


def test_conversions_copy_where_asked():
    x = qv.asarray([1.0, 0.0, 2.0])
    assert np.asarray(x, like=x) is x
    assert np.array(x, copy=None, like=x) is x
    for y in (np.array(x, like=x), np.asarray(x, copy=True, like=x)):
        y[0] = 5.0
        assert y is not x
    assert x[0] == 1.0
    for copy in (np.array, np.asarray):
        with pytest.raises(ValueError, match="copy"):
            copy([1.0], copy=False, like=x)
    one = np.arange(3.0)
    y = np.asarray(one, like=x)
    one[:] = 7
    assert_same(np.arange(3.0), y)


@given(st.lists(twins(shape=st.just((3, 1))), min_size=1, max_size=3), st.booleans())
def test_conversions_of_lists_of_arrays(pairs, mixed):
    xs, ys = ([pair[i] for pair in pairs] for i in range(2))
    ys = [*ys, xs[0]] if mixed else ys
    xs = [*xs, xs[0]] if mixed else xs
    same_outcome(lambda: np.array(xs), lambda: np.array(ys, like=LIKE))
    same_outcome(lambda: np.asarray([*xs, 0]), lambda: np.asarray([*ys, 0], like=LIKE))


def test_conversions_of_lists_of_what_cannot_be_materialised():
    x = qv.from_coordinates([[3], [4]], [5.0], (2**20, 2**40))
    for both in (np.array([x, x], like=x), qv.asarray((x, x)), qv.concat([[x], [x]])):
        assert both.shape == (2, 2**20, 2**40)
        assert both[1, 3, 4] == 5
        assert both.nactive == 2


@given(st.lists(st.integers(-3, 3) | st.floats(-1, 1), max_size=5), st.integers(0, 3))
def test_conversions_of_lists(values, ndmin):
    for make in (np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require):
        same_outcome(lambda m=make: m(values), lambda m=make: m(values, like=LIKE))
    same_outcome(
        lambda: np.array(values, ndmin=ndmin), lambda: np.array(values, ndmin=ndmin, like=LIKE)
    )
    same_outcome(lambda: np.array([[1], [1, 2]]), lambda: np.array([[1], [1, 2]], like=LIKE))
    with pytest.raises(TypeError):
        np.array(["a"], like=LIKE)


def test_from_elsewhere(tmp_path):
    rows = ["1 2", "3 4"]
    data = np.arange(5, dtype=np.int16).tobytes()
    path = tmp_path / "numbers"
    path.write_bytes(data)
    calls = [
        lambda **like: np.fromiter(iter([0, 3, 0]), float, **like),
        lambda **like: np.fromiter(range(9), "i2", count=4, **like),
        lambda **like: np.fromiter(range(2), "i2", count=4, **like),
        lambda **like: np.frombuffer(data, np.int16, 2, 4, **like),
        lambda **like: np.frombuffer(data, np.int32, **like),
        lambda **like: np.fromfile(path, np.int16, **like),
        lambda **like: np.fromstring("1 2 3", sep=" ", **like),
        lambda **like: np.loadtxt(rows, **like),
        lambda **like: np.loadtxt(rows, int, ndmin=2, usecols=0, **like),
        lambda **like: np.loadtxt(["1 a"], **like),
        lambda **like: np.genfromtxt(rows, **like),
        lambda **like: np.genfromtxt(["1,,2"], delimiter=",", filling_values=7, **like),
        lambda **like: np.fromfunction(lambda i, j: i - j, (2, 3), **like),
        lambda **like: np.fromfunction(lambda i, by: i * by, (4,), dtype=int, by=3, **like),
        lambda **like: np.fromfunction(lambda i: 7, (4,), **like),
        lambda **like: np.fromfunction(lambda i: i, 4, **like),
    ]
    for call in calls:
        same_outcome(call, lambda c=call: c(like=LIKE))
    for refused in (
        lambda: np.genfromtxt(rows, usemask=True, like=LIKE),
        lambda: np.loadtxt(["1 a"], dtype="i4,U3", like=LIKE),
    ):
        with pytest.raises(TypeError):
            refused()
    unpacked = np.genfromtxt(io.StringIO("1 2\n3 4"), unpack=True, like=LIKE)
    assert_same(np.array([[1.0, 3.0], [2.0, 4.0]]), unpacked)


ENDS = twins(
    [np.dtype(float), np.dtype(np.float32), np.dtype(int)], st.sampled_from([(), (2,), (2, 1)])
)


@given(ENDS, ENDS, st.integers(-1, 5) | st.just(2.5), st.booleans(), st.integers(-3, 3))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_samples_between_arrays(start, stop, num, endpoint, axis):
    check(lambda a, b: np.linspace(a, b, num, endpoint, axis=axis), start, stop)
    check(lambda a, b: np.linspace(a, 2.0, num, retstep=True, dtype=np.float32), start, stop)
    check(lambda a, b: np.logspace(a, b, num, endpoint, base=3.0, axis=axis), start, stop)
    check(lambda a, b: np.geomspace(a, b, num, endpoint, axis=axis), start, stop)
    check(lambda a, b: np.geomspace(1.0, b, num), start, stop)
