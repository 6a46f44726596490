"""Goals of `encode`: what a tolerance is relative to, a largest error, a size, the fewest bytes."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.encoding.encode import out_of_core

from ..huge import peak_of
from .test_encode import relative, samples

_FLOATS = [np.dtype(float), np.dtype(np.float32), np.dtype(complex)]
_BASES = ["standard", "cosine", "haar", "blocked(cosine, 4)"]


def field(*shape, offset=300.0, seed=0):
    """Noise over waves, some hundreds above zero."""
    rng = np.random.default_rng(seed)
    waves = sum(np.sin(np.linspace(0, 9, n)) for n in shape[-1:])
    return offset + waves + 0.01 * rng.standard_normal(shape)


@given(samples(_FLOATS), st.sampled_from(_BASES), st.sampled_from([0.3, 1e-2, 1e-4, 1e-6]))
def test_the_default_takes_the_fewest_bytes(x, basis, tol):
    y = qv.encode(x, basis, tol=tol) if np.finfo(x.dtype).eps * 100 < tol else None
    if y is None:
        return
    assert relative(x, y) <= y.recovery_error <= tol
    for storage in ("float64", "float32", "int16", "int8"):
        try:
            other = qv.encode(x, basis, tol=tol, storage=storage)
        except ValueError:
            continue
        # Steps are searched for to a few tenths of a per cent.
        assert y.nbytes <= 1.01 * other.nbytes + 2


def test_auto_compresses_by_default():
    x = field(256, 256)
    y = qv.encode(x, tol=1e-2, relative_to="std")
    assert y.nbytes * 10 < x.nbytes
    assert np.std(np.asarray(y) - x) <= 1e-2 * np.std(x)
    # A few waves are a few eigenvalues, which no quantised form beats.
    waves = np.sin(np.arange(4096) * (2 * np.pi * 7 / 4096))
    assert qv.encode(waves, tol=1e-9).nbytes < 100


def saved_bytes(x):
    file = io.BytesIO()
    qv.save(file, x)
    return file.getbuffer().nbytes


@pytest.mark.parametrize("shape", [(300, 300), (40, 50, 60), (100_000,)])
def test_large_arrays_find_the_bases_of_small_ones(shape):
    grids = np.meshgrid(*(np.arange(n) / n for n in shape), indexing="ij")
    waves = sum(np.sin(2 * np.pi * (3 + i) * grid) for i, grid in enumerate(grids))
    assert qv.encode(waves, tol=1e-6).nbytes < 400
    spikes = np.zeros(shape)
    spikes.reshape(-1)[:: waves.size // 50] = 3.0
    assert qv.encode(spikes, tol=1e-6).nbytes < 1200
    walk = np.cumsum(np.random.default_rng(0).standard_normal(shape), -1)
    blocks = [qv.encode(walk, f"blocked(cosine, {m})", tol=1e-2) for m in (4, 8, 16, 32, 64)]
    chosen = qv.encode(walk, tol=1e-2)
    assert chosen.nbytes <= 1.25 * min(y.nbytes for y in blocks)
    assert saved_bytes(chosen) <= 1.02 * min(map(saved_bytes, blocks))


@given(samples(_FLOATS), st.sampled_from(["std", "range"]), st.sampled_from([0.5, 1e-2, 1e-3]))
def test_tolerances_relative_to_what_varies(x, relative_to, tol):
    wide = x.astype(np.result_type(x.dtype, float))
    if x.dtype.kind == "c":
        unit = max(np.ptp(wide.real), np.ptp(wide.imag)) if relative_to == "range" else wide.std()
    else:
        unit = np.ptp(wide) if relative_to == "range" else wide.std()
    y = qv.encode(x, tol=tol, relative_to=relative_to)
    off = np.sqrt(np.mean(np.abs(np.asarray(y).astype(wide.dtype) - wide) ** 2))
    assert off <= tol * unit + 4 * np.finfo(x.dtype).eps * np.abs(wide).max()


@given(samples([*_FLOATS, np.dtype(int), np.dtype(bool)]), st.sampled_from([3.0, 0.5, 1e-2]))
def test_no_element_is_off_by_more(x, max_abs):
    try:
        y = qv.encode(x, max_abs=max_abs)
    except ValueError:
        assert x.dtype == np.float32  # of few digits
        assert np.abs(x).max() * 1e-7 > max_abs / 10
        return
    wide = np.result_type(x.dtype, float)
    off = np.abs(np.asarray(y).astype(wide) - x.astype(wide))
    assert off.max() <= max_abs
    each = np.array([y[index] for index in np.ndindex(*y.shape)]).astype(wide).reshape(x.shape)
    assert np.abs(each - x.astype(wide)).max() <= max_abs


def test_a_largest_error_is_used_up():
    x = field(200, 200)
    for max_abs in (0.5, 0.05, 0.002):
        off = np.abs(np.asarray(qv.encode(x, max_abs=max_abs)) - x).max()
        assert 0.8 * max_abs <= off <= max_abs


def test_a_guess_that_is_too_fine_does_not_choose_the_bases():
    t, y, x = np.ogrid[0:12, 0:90, 0:180]
    # Errors gather at the few places where the last term is steep.
    field = 288 + 20 * np.cos(y / 30) * np.sin(x / 25 + t / 9) + 5 * np.sin(y * x / 800)
    field = field.astype(np.float32)
    for max_abs, times in ((0.1, 60), (0.03, 40), (0.01, 30)):
        found = qv.encode(field, max_abs=max_abs)
        assert times * found.nbytes < field.nbytes
        assert np.abs(np.asarray(found, float) - field).max() <= max_abs


@pytest.mark.parametrize("basis", ["auto", "blocked(cosine, 8)"])
@pytest.mark.parametrize("ratio", [4, 20, 100.0])
def test_a_size_is_kept_and_used_up(basis, ratio):
    x = field(256, 256)
    y = qv.encode(x, basis, ratio=ratio)
    limit = x.nbytes // ratio
    assert y.nbytes <= limit
    z = qv.encode(x, basis, max_bytes=int(limit))
    assert z.nbytes == y.nbytes
    # What is nearer takes more.
    closer = qv.encode(x, basis, tol=0.4 * y.recovery_error)
    assert closer.nbytes > limit


def test_sizes_as_text():
    x = field(128, 128)
    assert qv.encode(x, max_bytes="8 kB").nbytes <= 8000
    assert qv.encode(x, max_bytes="4KiB").nbytes <= 4096


def test_goals_of_arrays_in_pieces():
    x = field(2**12, 32)
    with qv.options(memory_budget=2**20):
        assert out_of_core.is_piecewise(x)
        fine = qv.encode(x, tol=1e-2, relative_to="std")
        flat = qv.encode(x, max_abs=0.05)
        small = qv.encode(x, ratio=20)
    assert fine.nbytes * 8 < x.nbytes
    assert np.std(np.asarray(fine) - x) <= 1e-2 * np.std(x)
    assert 0.04 < np.abs(np.asarray(flat) - x).max() <= 0.05
    assert 0.9 * x.nbytes <= 20 * small.nbytes <= x.nbytes


@pytest.mark.parametrize("x", [np.zeros(5), np.zeros((0, 3)), np.full(7, 3.5), np.array(2.0)])
def test_arrays_that_do_not_vary(x):
    for options in ({"max_abs": 0.1}, {"tol": 0.1, "relative_to": "std"}, {"tol": 0.1}):
        y = qv.encode(x, **options)
        assert y.shape == x.shape
        assert np.abs(np.asarray(y) - x).max(initial=0) <= 0.1 * abs(x).max(initial=0) + 1e-12


@pytest.mark.parametrize(
    ("error", "match", "options"),
    [
        (ValueError, "tol and max_abs", {"tol": 0.1, "max_abs": 1.0}),
        (ValueError, "max_bytes and ratio", {"max_bytes": 10, "ratio": 2}),
        (ValueError, "'mean'", {"tol": 0.1, "relative_to": "mean"}),
        (ValueError, "got 0.0", {"max_abs": 0}),
        (ValueError, "got nan", {"max_abs": np.nan}),
        (ValueError, "got inf", {"ratio": np.inf}),
        (ValueError, "'lots'", {"max_bytes": "lots"}),
        (ValueError, "max_bytes=0", {"max_bytes": 0}),
        (ValueError, "cannot be met", {"max_abs": 1e-17}),
        (TypeError, "'x'", {"ratio": "x"}),
        (ValueError, "50 % are 0.50|at most 1, got 50", {"tol": 50}),
    ],
)
def test_bad_goals(error, match, options):
    with pytest.raises(error, match=match):
        qv.encode(field(64), "cosine", **options)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "options",
    [{"tol": 1e-3}, {"tol": 1e-3, "relative_to": "std"}, {"max_abs": 0.01}, {"ratio": 10}],
)
def test_blocks_are_packed_as_they_are_transformed(options, dtype):
    x = field(1024, 1536).astype(dtype)
    qv.encode(x[:256], "blocked(cosine, 8)", **options)
    _, peak = peak_of(lambda: qv.encode(x, "blocked(cosine, 8)", **options))
    # What is packed is among it.
    assert peak < 1.5 * x.nbytes


@pytest.mark.parametrize("basis", ["auto", "cosine"])
def test_all_coefficients_are_held_in_bases_of_whole_axes(basis):
    x = field(1024, 1536)
    qv.encode(x[:512], basis, tol=1e-3)
    _, peak = peak_of(lambda: qv.encode(x, basis, tol=1e-3))
    assert peak < 1.5 * x.nbytes


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e200, 1e300])
def test_goals_at_every_scale(scale):
    x = np.cumsum(np.random.default_rng(0).standard_normal((64, 64)), 0) * scale
    y = qv.encode(x, tol=1e-2, relative_to="std")
    assert (
        np.linalg.norm((np.asarray(y) - x) / scale) / np.linalg.norm((x - x.mean()) / scale) > 1e-3
    )
    assert np.std((np.asarray(y) - x) / scale) <= 1e-2 * np.std(x / scale)
    z = qv.encode(x, max_abs=0.5 * scale)
    assert 0.3 * scale < np.abs(np.asarray(z) - x).max() <= 0.5 * scale
    assert z.nbytes * 4 < x.nbytes


def test_goals_of_what_is_not_finite():
    x = field(32, 32)
    x[3, 4] = np.nan
    for options in ({"max_abs": 0.1}, {"tol": 0.1, "relative_to": "std"}, {"max_bytes": x.nbytes}):
        np.testing.assert_array_equal(np.asarray(qv.encode(x, **options)), x)


def test_goals_of_few_coefficients():
    x = qv.from_eigenvalues([50.0, 3.0, 1e-3], [7, 2**30, 2**39], 2**40, basis="walsh")
    loose = qv.encode(x, max_abs=0.1)
    assert loose.nactive == 2
    assert qv.error_bound(loose) <= 0.1
    assert qv.encode(x, max_abs=0.1, storage="int16").nbytes < 60
    assert qv.encode(x, tol=0.5, relative_to="std").nactive == 1
    assert qv.encode(x, max_bytes=40).nactive == 2
    small = qv.from_coordinates([3, 9], [1.1, 2.3], 4096)
    assert qv.encode(small, tol=1e-3).recovery_error == 0.0


@pytest.mark.parametrize("storage", ["float32", "float16", "int8", "int16"])
@pytest.mark.parametrize("shape", [(64,), (16, 12), (1000,)])
def test_conjugates_stay_or_go_together(storage, shape):
    x = np.cumsum(np.random.default_rng(0).standard_normal(shape), -1)
    for tol in (1e-1, 1e-2, 3e-3):
        y = qv.encode(x, "fourier", tol=tol, storage=storage)
        assert np.linalg.norm(y.eigenvalues) == pytest.approx(
            np.linalg.norm(y.todense()), rel=1e-12
        )


def test_an_outlier_is_kept_with_the_rest_as_it_is():
    x = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    x[3] = 1e20
    y = qv.encode(x, max_abs=0.1)
    np.testing.assert_array_equal(y, x)


def test_a_sample_that_tells_nothing_is_followed_by_another_look():
    # Bursts that lie between the blocks of any sample that is evenly spaced.
    x = np.zeros((1024, 1024))
    x[333:341, 700:708] = np.random.default_rng(0).standard_normal((8, 8))
    x += 1e-9 * np.random.default_rng(1).standard_normal(x.shape)
    for tol in (0.5, 1e-1, 1e-3):
        y = qv.encode(x, "blocked(cosine, 8)", tol=tol, storage="int16")
        assert 0.5 * tol < relative(np.asarray(y), x) <= tol
