"""Arithmetic of packed arrays stays packed, with its bound; sums and norms read what is packed."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.source import Spectrum
from qvarray.sources.packed import UNPACKED, Encoded, Packed
from qvarray.sources.packed_sum import PackedSum

from ..twin import BASES, BLOCKED

CONSTANT = ["cosine", "haar", "walsh", "blocked(cosine, 4)", "blocked(haar, 4)"]


def field(*shape, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    for axis in range(len(shape)):
        x = np.cumsum(x, axis=axis)
    x = x + 3.0
    return (x + 1j * x[..., ::-1] if np.dtype(dtype).kind == "c" else x).astype(dtype)


def close(ours, theirs, size, eps):
    assert np.shape(ours) == np.shape(theirs)
    assert np.linalg.norm(np.asarray(ours) - theirs) <= 200 * eps * (size + 1e-300)


@st.composite
def pairs(draw):
    """Two encoded arrays of one space, and the arrays that they stand for."""
    names = draw(st.lists(st.sampled_from([*BASES, *BLOCKED]), min_size=1, max_size=2))
    shape = tuple(
        draw(st.sampled_from([1, 2, 16])) if name in ("walsh", "haar") else draw(st.integers(1, 21))
        for name in names
    )
    dtype = draw(st.sampled_from([np.float64, np.float32, np.complex128]))
    storages = ["int8", "int16"]
    if not any("fourier" in name for name in names):
        # Of a pair of conjugates, floats may drop one alone.
        storages.append("float32")
    storage = draw(st.sampled_from(storages))
    x, y = (field(*shape, seed=draw(st.integers(0, 99)), dtype=dtype) for _ in range(2))
    basis = names if len(names) > 1 else names[0]
    tol = draw(st.sampled_from([0.05, 1e-3]))
    a, b = (qv.encode(z, basis, tol=tol, storage=storage) for z in (x, y))
    return x, y, a, b


OPERATIONS = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "negative": lambda a, b: -a,
    "positive": lambda a, b: +a,
    "multiples": lambda a, b: 2 * a - b / 3 + a * 0.25,
    "again": lambda a, b: (a + b) - b,
    "twice": lambda a, b: a + a,
    "nested": lambda a, b: -(2.0 * (a - b) + (b + a)),
}


@given(pairs(), st.sampled_from(sorted(OPERATIONS)))
def test_linear_operations(pair, name):
    x, y, a, b = pair
    before = np.asarray(a), np.asarray(b)
    out = OPERATIONS[name](a, b)
    assert isinstance(out.source, Encoded)
    wanted = OPERATIONS[name](*before)
    assert out.dtype == wanted.dtype
    size = np.linalg.norm(before[0]) + np.linalg.norm(before[1])
    eps = np.finfo(x.dtype).eps
    close(out, wanted, 6 * size, eps)
    close(out[..., 0], wanted[..., 0], 6 * size, eps)
    close(out[(0,) * out.ndim], wanted[(0,) * out.ndim], 6 * size, eps)
    exact = OPERATIONS[name](x, y)
    assert np.linalg.norm(np.asarray(out) - exact) <= qv.error_bound(out)
    out.spectrum.check()


@given(pairs(), st.sampled_from(["one", "difference", "anomaly", "sum of three"]))
def test_sums_and_norms(pair, kind):
    x, y, a, b = pair
    UNPACKED.clear()
    out = {
        "one": lambda a, b: a,
        "difference": lambda a, b: a - b,
        "anomaly": lambda a, b: a - 3.0,
        "sum of three": lambda a, b: a + b / 2 - a * 3,
    }[kind]
    ours, theirs = out(a, b), out(np.asarray(a), np.asarray(b))
    size = sum(np.linalg.norm(z) for z in (np.asarray(a), np.asarray(b))) * 5
    n, eps = x.size, np.finfo(x.dtype).eps
    UNPACKED.clear()
    close(np.sum(ours), np.sum(theirs), size * n**0.5 * 10, eps)
    close(np.mean(ours), np.mean(theirs), size * 10, eps)
    close(np.linalg.norm(ours), np.linalg.norm(theirs), size, eps)
    close(np.var(ours) * n, np.var(theirs) * n, size * size, eps)
    close(np.std(ours, ddof=-1) ** 2 * n, np.std(theirs, ddof=-1) ** 2 * n, size * size, eps)
    for axis in range(ours.ndim):
        close(ours.sum(axis=axis), theirs.sum(axis=axis), size * n, eps)
        close(ours.mean(axis=axis, keepdims=True), theirs.mean(axis=axis, keepdims=True), size, eps)
        exact = out(x, y).sum(axis=axis)
        bound = qv.error_bound(ours.sum(axis=axis)) if ours.ndim > 1 else np.inf
        assert np.linalg.norm(np.asarray(ours.sum(axis=axis)) - exact) <= bound


@given(pairs())
def test_inner_products(pair):
    _, _, a, b = pair
    UNPACKED.clear()
    x, y = np.asarray(a), np.asarray(b)
    size = np.linalg.norm(x) * np.linalg.norm(y)
    eps = np.finfo(x.dtype).eps
    UNPACKED.clear()
    close(np.vdot(a, b), np.vdot(x, y), size, eps)
    close(np.vdot(a - b, a), np.vdot(x - y, x), 4 * (size + np.linalg.norm(x) ** 2), eps)
    close(qv.cosine_similarity(a, b), np.vdot(x, y) / size if size else np.nan, 10.0, eps)
    # What is asked for often is unpacked, and gives the same.
    for _ in range(10):
        close(np.vdot(a, b), np.vdot(x, y), size, eps)


@pytest.mark.parametrize("basis", CONSTANT)
@pytest.mark.parametrize("storage", ["int8", "int16"])
def test_means_over_axes_stay_packed(basis, storage):
    x = field(16, 32, 16)
    a = qv.encode(x, basis, tol=1e-3, storage=storage)
    dense = np.asarray(a)
    for axis in (0, 1, (0, 2), (1, 2)):
        mean = a.mean(axis=axis)
        assert isinstance(mean.source, Encoded)
        assert np.allclose(np.asarray(mean), dense.mean(axis=axis), rtol=0, atol=1e-10)
        assert np.linalg.norm(np.asarray(mean) - x.mean(axis=axis)) <= qv.error_bound(mean)


def test_blocks_of_several_sizes_are_summed_with_several_weights():
    x = field(21, 13)
    a = qv.encode(x, "blocked(cosine, 8)", tol=1e-4, storage="int16")
    total = a.sum(axis=0)
    assert len(total.source.terms) == 2
    assert np.allclose(np.asarray(total), np.asarray(a).sum(axis=0))


def test_steps_that_agree_are_added_as_integers():
    x = field(64, 64)
    a = qv.encode(x, "blocked(cosine, 8)", tol=1e-3)
    shared = a - 3 * a
    assert isinstance(shared.source, Packed)
    assert shared.source.store is a.source.store
    other = pickle.loads(pickle.dumps(a))
    for sign, out in ((2, a + other), (0, a - other), (-3, -a - 2 * other)):
        assert isinstance(out.source, (Packed, Spectrum, PackedSum))
        assert np.allclose(np.asarray(out), sign * np.asarray(a))
    assert isinstance((a + other).source, Packed)


def test_many_terms_become_one_with_an_honest_bound():
    total, exact, rms = None, 0, []
    for seed in range(30):
        x = field(32, 32, seed=seed)
        y = qv.encode(x, "blocked(cosine, 8)", tol=1e-2)
        total = y if total is None else total + y
        exact = exact + x
        assert np.linalg.norm(np.asarray(total) - exact) <= qv.error_bound(total)
        rms.append(qv.error_bound(y))
        assert total.nbytes <= 16 * y.nbytes + 16 * x.size
    assert qv.error_bound(total) <= 1.5 * sum(rms)


def test_augmented_assignment_stays_packed():
    x, y = field(32, 32), field(32, 32, seed=1)
    a, b = (qv.encode(z, "blocked(cosine, 8)", tol=1e-3) for z in (x, y))
    wanted = (np.asarray(a) + np.asarray(b)) * 0.5 - 2.0
    same = a
    a += b
    a *= 0.5
    a -= 2.0
    assert a is same
    assert isinstance(a.source, PackedSum)
    assert np.allclose(np.asarray(a), wanted)
    assert np.linalg.norm(np.asarray(a) - ((x + y) * 0.5 - 2.0)) <= qv.error_bound(a)


def test_other_operands_are_answered_as_before():
    x = field(16, 16)
    a = qv.encode(x, "blocked(cosine, 8)", tol=1e-3)
    dense = np.asarray(a)
    other = qv.encode(x, "cosine", tol=1e-3)
    for out, wanted in [
        (a + other, dense + np.asarray(other)),
        (a - dense, dense - dense),
        (a + 1j, dense + 1j),
        (a * 0.0, dense * 0.0),
        (a * np.inf, dense * np.inf),
        (a + a.mean(axis=0), dense + dense.mean(axis=0)),
        (a.astype(np.float32) - a, dense.astype(np.float32) - dense),
        (np.add(a, 2, dtype=np.float32), np.add(dense, 2, dtype=np.float32, casting="same_kind")),
    ]:
        assert out.dtype == wanted.dtype
        assert np.allclose(np.asarray(out), wanted, atol=1e-5, equal_nan=True)


def test_sums_that_overflow():
    x = np.full((8, 8), 2e36, np.float32)
    a = 160 * qv.encode(x, "blocked(cosine, 8)", tol=1e-3)
    with np.errstate(over="ignore"):
        assert np.isinf(np.asarray(a + a)).all()


def test_copies_and_pickles():
    a, b = (qv.encode(field(32, 32, seed=i), "blocked(cosine, 8)", tol=1e-3) for i in range(2))
    difference = a - b + 1.0
    for other in (copy.copy(difference), copy.deepcopy(difference)):
        assert np.array_equal(np.asarray(other), np.asarray(difference))
    other = pickle.loads(pickle.dumps(difference))
    assert isinstance(other.source, PackedSum)
    assert np.array_equal(np.asarray(other), np.asarray(difference))


def test_memory_is_that_of_a_page():
    shape = (1024, 1024)
    a, b = (qv.encode(field(*shape, seed=i), "blocked(cosine, 8)", tol=1e-4) for i in range(2))

    def work():
        out = [(a - b).source.label, np.linalg.norm(a - b), np.vdot(a, b), a.var(), b.sum()]
        return [*out, (a - a.mean()).std()]

    work()
    for x in (a, b):
        x.source.reads, x.source.square = 0, None
    UNPACKED.clear()
    tracemalloc.start()
    try:
        work()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 0.75 * (a.nbytes + b.nbytes) + (1 << 21)


def test_huge_arrays_of_few_coefficients():
    n = 2**40
    few = [qv.from_eigenvalues([3.0, 1.0], [0, 5 + i], n, basis="cosine") for i in range(2)]
    a, b = (qv.encode(x, "cosine", tol=1e-3, storage="int16") for x in few)
    difference = a - b
    assert isinstance(difference.source, Encoded)
    assert abs(np.linalg.norm(difference) - 2**0.5) < 0.02
    assert abs(np.vdot(a, b) - 9.0) < 0.05
    assert abs(np.sum(a + b) - 6.0 * n**0.5) < 0.02 * n**0.5
    assert (a - a).nactive == 0
    anomaly = a - a.mean()
    assert isinstance(anomaly.source, Encoded)
    for got in ((anomaly**2).sum(), np.linalg.norm(anomaly) ** 2, anomaly.var() * n):
        assert abs(got - 1.0) < 0.02
    assert abs((anomaly * b).sum()) < 0.02


def test_many_huge_arrays_of_few_coefficients_are_one():
    n = 2**40
    few = [
        qv.from_eigenvalues([3.0, 1.0 + i / 9], [0, 5 + i % 4], n, basis="cosine")
        for i in range(10)
    ]
    total, expected = qv.encode(few[0], "cosine", tol=1e-3, storage="int16"), few[0]
    for i, x in enumerate(few[1:]):
        total = total + qv.encode(x, "cosine", tol=1e-3 * (1.3 + i / 3), storage="int16")
        expected = expected + x
    assert isinstance(total.source, Encoded)
    assert len(total.source.terms) <= 8
    assert total.source.error is not None
    assert np.linalg.norm(total - expected) <= total.source.error.absolute < 0.3


def test_sums_of_huge_arrays_over_an_axis_stay_packed():
    n = 2**20
    x = qv.from_eigenvalues(
        [3.0, 1.0, 2.0, 5.0], [0, 5, 7 * n, 2**39], (n, n), basis=("cosine", "haar")
    )
    a = qv.encode(x, ("cosine", "haar"), tol=1e-3, storage="int16")
    for axis in (0, 1):
        mean = a.mean(axis=axis)
        assert isinstance(mean.source, Encoded)
        wanted = x.mean(axis=axis)
        assert np.linalg.norm(mean - wanted) <= qv.error_bound(mean)
        assert mean.nactive == wanted.nactive


def test_an_array_of_one_element_is_a_number_that_may_be_off():
    x = np.random.default_rng(0).standard_normal((1, 40, 32)).cumsum(axis=1)
    e = qv.encode(x, ("standard", "cosine", "cosine"), tol=1e-2, storage="int8")
    mean = np.mean(e, keepdims=True)
    for got, expected in ((e - mean, x - x.mean()), (np.full((1, 1), 3.0) + e, x + 3.0)):
        assert isinstance(got.source, Encoded)
        assert np.linalg.norm(np.asarray(got) - expected) <= got.source.error.absolute
    off = mean.source.error.absolute * x.size**0.5
    assert (e - mean).source.error.absolute >= e.source.error.absolute + off
