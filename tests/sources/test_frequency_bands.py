"""What is known by bands of frequencies bounds inner products, and is what was lost."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import idctn

import qvarray as qv
from qvarray.bases import as_bases
from qvarray.encoding.sequences import numbers_of
from qvarray.sources.frequency_bands import Sums, layout_of
from qvarray.sources.packed import scan_of

from .test_packed_sum import field

SPACES = {
    (64, 72): "blocked(cosine, 8)",
    (61, 75): "blocked(cosine, 8)",
    (70, 64, 3): "blocked(haar, 4)",
    (17, 18, 19): "blocked(cosine, 4)",
    (70, 64): "cosine",
    (130, 129): "cosine",
    (128, 256): "haar",
    (20_000,): "cosine",
    (4_097,): "blocked(cosine, 8)",
    (160, 256): "blocked(cosine, 128)",
    (65, 64): "standard",
    (60, 80): "hartley",
    (64, 64): "fourier",
    (3, 10_000): "cosine",
    (1, 5_000, 1): "walsh",
}


def lost_and_kept(x, basis, tol):
    """What encoding has lost, and what it keeps, as sequences; and the array."""
    packed = qv.encode(x, basis, tol=tol, storage="int16").source
    numbers = numbers_of(x, packed.bases, 0)
    full = np.concatenate([numbers.read(part) for part in range(numbers.count)])
    assert [numbers.begin(part) for part in range(numbers.count)] == np.cumsum(
        [0, *(numbers.read(part).size for part in range(numbers.count - 1))]
    ).tolist()
    kept = packed.doubles(0, full.size) * np.ldexp(packed.step, packed.exponent)
    return full - kept, kept, packed


def products(layout, a, b):
    sums = Sums(layout)
    for begin in range(0, a.size, 999):
        part = slice(begin, begin + 999)
        sums.by_place += sums.read(a[part], b[part], begin)
    return sums.products()


def bands_of(layout, lost, kept, packed):
    """What is known by bands, also of an array that stores too few bytes to keep it."""
    return packed.bands or layout.known(products(layout, lost, kept), 1.0)


@pytest.mark.parametrize("shape", SPACES)
def test_it_is_what_was_lost(shape):
    basis = SPACES[shape] if shape[0] > 1 else ("standard", "cosine", "standard")
    lost, kept, packed = lost_and_kept(field(*shape), basis, 1e-2)
    layout = layout_of(packed.scan)
    known = packed.bands
    assert layout.fits(known)
    assert known.nbytes <= 300
    found = products(layout, lost, kept)
    square = known.square * known.square_unit
    assert (square >= found.first * (1 - 1e-9)).all()
    assert (square <= found.first * 1.01 + 1e-6 * found.first.max()).all()
    np.testing.assert_allclose(
        known.inner * known.inner_unit, found.both, rtol=1e-2, atol=1e-3 * known.inner_unit
    )
    off = np.linalg.norm(known.modes * known.mode_unit - found.modes_a)
    assert off <= known.mode_off * (1 + 1e-9) + 1e-12 * np.linalg.norm(lost)
    # The transform to bands and modes is orthonormal.
    for some, modes, wanted in (
        (found.first, found.modes_a @ found.modes_a, lost @ lost),
        (found.both, found.modes_a @ found.modes_b, lost @ kept),
        (found.second, found.modes_b @ found.modes_b, kept @ kept),
    ):
        scale = np.linalg.norm(kept) * np.linalg.norm(lost) if some is found.both else wanted
        assert abs(some.sum() + modes - wanted) <= 1e-9 * scale


@settings(max_examples=40)
@given(
    shape=st.sampled_from(sorted(SPACES)[1:]),
    tol=st.sampled_from([0.1, 1e-3]),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    kind=st.sampled_from(["lost", "kept", "smooth", "noise", "one"]),
    seed=st.integers(0, 99),
)
def test_bounds_of_inner_products_hold(shape, tol, share, kind, seed):
    lost, kept, packed = lost_and_kept(field(*shape, seed=seed), SPACES[shape], tol)
    layout, rng = layout_of(packed.scan), np.random.default_rng(seed)
    other = {
        "lost": lambda: lost.copy(),
        "kept": lambda: kept.copy(),
        "smooth": lambda: lost_and_kept(field(*shape, seed=seed + 1), SPACES[shape], tol)[1],
        "noise": lambda: rng.standard_normal(lost.size),
        "one": lambda: np.where(np.arange(lost.size) == rng.integers(lost.size), 1.0, 0.0),
    }[kind]()
    other += share * kept
    found = products(layout, other, kept)
    middle, bound = layout.bounded(found, bands_of(layout, lost, kept, packed))
    assert abs(other @ lost - middle) <= bound
    # No more than by the theorem of Cauchy and Schwarz, but for what is rounded.
    assert bound <= 1.02 * np.linalg.norm(other) * np.linalg.norm(lost) + abs(middle)


@settings(max_examples=15)
@given(
    tols=st.tuples(*[st.sampled_from([0.1, 1e-2, 1e-3])] * 2),
    seeds=st.tuples(*[st.integers(0, 9)] * 2),
)
def test_bounds_of_what_two_have_lost_hold(tols, seeds):
    (first, some, a), (second, others, b) = (
        lost_and_kept(field(64, 72, seed=seed), "blocked(cosine, 8)", tol)
        for seed, tol in zip(seeds, tols, strict=True)
    )
    layout = layout_of(a.scan)
    bands = bands_of(layout, first, some, a), bands_of(layout, second, others, b)
    assert abs(first @ second) <= layout.crossed(*bands)


@pytest.mark.parametrize("shape", [(2**60,), (2**30, 2**30), (2**40, 8), (1, 2**62)])
@pytest.mark.parametrize("name", ["standard", "cosine", "blocked(cosine, 8)", "haar"])
def test_huge_spaces_take_no_memory(shape, name):
    tracemalloc.start()
    layout = layout_of(scan_of(shape, as_bases(name, len(shape)), False))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**26
    assert layout is None or layout.low.size <= 2**20


def test_what_the_modes_leave_counts_where_it_is_little():
    packed = qv.encode(field(128, 128), "blocked(cosine, 8)", tol=1e-2, storage="int8").source
    layout, rng = layout_of(packed.scan), np.random.default_rng(0)
    sizes, modes = ([getattr(some, name) for some in layout.along] for name in ("indices", "modes"))
    for power in range(12):
        rest = rng.standard_normal([some.size for some in sizes])
        rest[tuple(slice(n) for n in modes)] = 0.0
        lost, kept, other = np.zeros((3, layout.size))
        places = layout.low if layout.order is None else layout.low[layout.order]
        lost[places] = idctn(rest, norm="ortho").reshape(-1)
        kept[layout.low] = 1e6 + rng.standard_normal(layout.low.size)
        other[layout.low] = 1e6
        other += 10.0**-power * lost
        middle, bound = layout.bounded(
            products(layout, other, kept), layout.known(products(layout, lost, kept), 1.0)
        )
        exact = float(other.astype(np.longdouble) @ lost.astype(np.longdouble))
        assert abs(exact - middle) <= bound
