"""Results of encoded arrays are off by no more than their bounds, which are near the errors."""

import io

import numpy as np
import pytest
from hypothesis import given, settings

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
    for name in EXACT:
        assert off(name, x, x, a, a) == off(name, x, x, b, b)


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
