"""Results of encoded arrays are off by no more than their bounds, which are near the errors."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from .test_packed_sum import field, pairs

STATISTICS = {
    "sum": lambda a, b: np.sum(a),
    "mean": lambda a, b: np.mean(a),
    "variance": lambda a, b: np.var(a, ddof=0.5),
    "deviation": lambda a, b: np.std(b),
    "norm": lambda a, b: np.linalg.norm(a),
    "distance": lambda a, b: np.linalg.norm(a - b),
    "mean of a difference": lambda a, b: np.mean(a - b),
    "anomaly": lambda a, b: np.linalg.norm(a - 1.5),
    "dot": lambda a, b: np.vdot(a, b),
    "cosine": lambda a, b: qv.cosine_similarity(a, b),
}
#: Of one array, what quantising has lost is known.
EXACT = ["sum", "mean", "variance", "deviation", "norm", "mean of a difference"]

#: Of two arrays, what one lost has a part that is like nothing that is known.
LOOSEST = {"distance": 25, "dot": 6, "cosine": 30}


def random_field(n, seed):
    rng = np.random.default_rng(seed)
    frequencies = np.hypot(np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None])
    frequencies[0, 0] = 1.0
    waves = rng.standard_normal(frequencies.shape) + 1j * rng.standard_normal(frequencies.shape)
    out = np.fft.irfft2(waves / frequencies**2, s=(n, n))
    return out / out.std() + 3.0


def off(name, x, y, a, b):
    """How far a result is off, its bound, and its estimate."""
    with qv.error_bounds() as bounds:
        result = STATISTICS[name](a, b)
    known = bounds.last, bounds.error_estimate
    with np.errstate(invalid="ignore"):
        return abs(float(result) - float(STATISTICS[name](x, y))), *known


@settings(max_examples=40)
@given(pairs())
def test_bounds_hold(pair):
    x, y, a, b = pair
    if x.dtype.kind == "c" or not (x.any() and y.any()):
        return
    size = np.linalg.norm(x.astype(float)) + np.linalg.norm(y.astype(float))
    for name in STATISTICS:
        if name == "variance" and x.size < 2:
            continue
        error, bound, estimate = off(name, x, y, a, b)
        rounding = 100 * np.finfo(x.dtype).eps * (1 + size) ** 2 * x.size
        if name == "deviation":
            # The root of a number near 0.
            rounding = rounding**0.5
        assert error <= bound + rounding, name
        assert estimate <= bound * (1 + 1e-9), name


@settings(max_examples=30)
@given(
    shape=st.sampled_from([(64, 72), (61, 75), (17, 18, 19), (6_000,)]),
    basis=st.sampled_from(["blocked(cosine, 8)", "cosine", "blocked(haar, 4)", "standard"]),
    dtype=st.sampled_from([np.float64, np.float32]),
    storage=st.sampled_from(["int8", "int16", None]),
    scale=st.sampled_from([1.0, 1e-310, 1e-200, 1e-75, 1e-30, 1e30, 1e75, 1e150, 1e300]),
    change=st.sampled_from([0.0, 0.01, 1.0]),
    tol=st.sampled_from([1e-1, 1e-3]),
    factor=st.sampled_from([1.0, -0.3, 1e-30]),
    seed=st.integers(0, 99),
)
def test_bounds_by_bands_hold(shape, basis, dtype, storage, scale, change, tol, factor, seed):
    if dtype == np.float32 and not 1e-3 <= scale * abs(factor) <= 1e3:
        # Of smaller numbers, squares underflow.
        return
    x = (field(*shape, seed=seed) / 1e3 * scale).astype(dtype)
    y = (x + change * scale / 1e3 * field(*shape, seed=seed + 1)).astype(dtype)
    a, b = (qv.encode(z, basis, tol=tol, storage=storage) for z in (x, y))
    a, x = a * dtype(factor), x.astype(np.longdouble) * dtype(factor)
    y = y.astype(np.longdouble)
    sizes = [np.sqrt(np.square(z).sum()) for z in (x, y)]
    for statistic, exact, size in (
        (np.vdot, (x * y).sum(), sizes[0] * sizes[1]),
        (lambda a, b: np.linalg.norm(a - b), np.sqrt(np.square(x - y).sum()), sum(sizes)),
    ):
        with qv.error_bounds() as bounds, np.errstate(over="ignore"):
            result = statistic(a, b)
        if np.isfinite(result):
            # The elements are rounded, and so is the result, which may underflow.
            rounding = 100 * np.finfo(dtype).eps * size + np.finfo(dtype).tiny
            off = abs(np.longdouble(result) - exact)
            assert off <= np.longdouble(bounds.last) + rounding


@pytest.mark.parametrize("basis", ["blocked(cosine, 8)", "cosine"])
def test_bounds_are_near_the_errors(basis):
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in STATISTICS}
    for tol in (1e-2, 1e-3):
        for change in (0.01, 0.1, 1.0):
            x = random_field(128, 0)
            y = x + change * random_field(128, 1)
            a, b = (qv.encode(z, basis, tol=tol, storage="int16") for z in (x, y))
            for name, some in found.items():
                some.append(off(name, x, y, a, b))
    for name, some in found.items():
        error, bound, estimate = np.array(some).T
        assert np.all(error <= bound), name
        if name in EXACT:
            assert np.median(bound / error) < 1.1, name
        assert np.median(bound / error) < LOOSEST.get(name, 3), name
        assert np.median(estimate / error) < 8, name
        assert np.mean(error <= estimate * 1.000001) >= 0.6, name


def test_the_distance_of_similar_fields_is_corrected():
    x = random_field(256, 0)
    wrong, corrected = [], []
    for change in (0.003, 0.01, 0.03):
        y = x + change * random_field(256, 1)
        a, b = (qv.encode(z, "blocked(cosine, 8)", tol=3e-3, storage="int16") for z in (x, y))
        exact = np.linalg.norm(x - y)
        distance, low, high = qv.estimate_distance(a, b)
        assert low <= exact <= high
        assert low <= distance <= high
        wrong.append(np.linalg.norm(a - b) - exact)
        corrected.append(distance - exact)
    # What is rounded makes them too large.
    assert min(wrong) > 0
    assert np.linalg.norm(corrected) < np.linalg.norm(wrong) / 2


def test_other_distances_have_the_bound_alone():
    x, y = field(16, 16), field(16, 16, seed=1)
    exact = np.linalg.norm(x - y)
    assert set(qv.estimate_distance(x, y)) == {exact}
    a, b = (qv.encode(z, "cosine", tol=1e-2, storage="float64") for z in (x, y))
    distance, low, high = qv.estimate_distance(a, b)
    assert low <= exact <= high
    assert distance == np.linalg.norm(a - b)
    with pytest.raises(ValueError, match="one shape"):
        qv.estimate_distance(x, y[0])


def test_what_is_known_is_in_files():
    x = random_field(64, 3)
    a = qv.encode(x, "blocked(cosine, 8)", tol=1e-2)
    file = io.BytesIO()
    qv.save(file, a)
    file.seek(0)
    b = qv.load(file)
    other = qv.encode(random_field(64, 4), "blocked(cosine, 8)", tol=1e-2)
    for name in STATISTICS:
        np.testing.assert_allclose(off(name, x, x, a, other), off(name, x, x, b, other), 1e-6, 1e-9)


def test_what_is_known_follows_multiples_and_is_forgotten_by_what_rounds():
    x = random_field(64, 2)
    a = qv.encode(x, "blocked(cosine, 8)", tol=1e-2)
    for factor in (-3.0, 0.1):
        with qv.error_bounds() as bounds:
            mean = np.mean(factor * a)
        assert abs(mean - factor * x.mean()) <= bounds.last <= 1.1 * abs(mean - factor * x.mean())
    total = a
    for seed in range(12):
        total = total + qv.encode(random_field(64, seed), "blocked(cosine, 8)", tol=1e-2)
        x = x + random_field(64, seed)
    with qv.error_bounds() as bounds:
        mean = np.mean(total)
    assert abs(mean - x.mean()) <= bounds.last
