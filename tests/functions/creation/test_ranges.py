"""Numbers at equal steps, samples between ends, and meshes of coordinates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, check, shapes, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")


@given(
    st.lists(twins(shape=shapes(4, 1)), min_size=1, max_size=3),
    st.sampled_from(["xy", "ij", "x"]),
    st.booleans(),
    st.booleans(),
)
def test_meshgrid(pairs, indexing, is_sparse, copy):
    check(lambda *x: tuple(np.meshgrid(*x, indexing=indexing, sparse=is_sparse, copy=copy)), *pairs)
    check(lambda x: tuple(np.meshgrid(x, [1, 2], 3)), pairs[0])


LIKE = qv.asarray([0.0])


def same_outcome(call, like_call):
    """The call with ``like=`` makes a VirtualQArray of what the one without makes, or refuses."""
    check(lambda make: make(), (call, like_call))


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
