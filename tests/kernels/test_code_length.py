"""The bits that numbers take, estimated: beside what they take, and NumPy's logarithms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvarray.kernels import code_length, rounding
from qvarray.sources.bitpacked import Bits

_DEAD = 0.6


def rows(seed, count, width):
    rng = np.random.default_rng(seed)
    heights = np.exp(rng.standard_normal((count, 1)) - 4.0 * np.arange(width) / width)
    return (rng.standard_normal((count, width)) * heights).reshape(-1)


def entropy(values):
    _, counts = np.unique(values, return_counts=True)
    bits = float(np.sum(counts * np.log2(values.size / counts)))
    return bits + (counts.size - 1) / (2.0 * np.log(2.0))


@given(
    st.integers(0, 99), st.integers(1, 80), st.sampled_from([1, 3, 8]), st.sampled_from([0.3, 1e-2])
)
def test_bits_are_those_of_levels_in_their_bands(seed, count, width, part):
    numbers = rows(seed, count, width)
    bands = np.arange(width) // 2
    room = (part * np.linalg.norm(numbers)) ** 2
    start = (12.0 * room / numbers.size) ** 0.5
    step, file, memory = code_length.code_length(numbers, width, bands, room, start, _DEAD)
    levels = rounding.rounded(numbers, step, _DEAD * step)[0]
    if np.abs(levels).max() < 32:
        by_band = (np.abs(levels.reshape(-1, width))[:, bands == b] for b in np.unique(bands))
        expected = sum(map(entropy, by_band)) + np.count_nonzero(levels)
        assert file == pytest.approx(expected, rel=1e-9)
    listed = 18.0 * np.count_nonzero(levels)
    assert memory == pytest.approx(min(8.0 * Bits.needed(levels), listed), abs=16.0)


def test_the_step_loses_what_may_be_lost():
    numbers = rows(0, 512, 64)
    for part in (0.3, 1e-2, 1e-5):
        room = (part * np.linalg.norm(numbers)) ** 2
        start = (12.0 * room / numbers.size) ** 0.5
        bands = np.zeros(64, np.int64)
        step = code_length.code_length(numbers, 64, bands, room, start, _DEAD)[0]
        assert 0.9 * room <= rounding.lost(numbers, step, _DEAD * step) <= 1.05 * room


def test_what_is_known_of_rows_saves_bits():
    numbers = rows(1, 256, 16)
    room, bands = 1e-4 * np.linalg.norm(numbers) ** 2, np.arange(16)
    by_place = code_length.code_length(numbers, 16, bands, room, 0.1, _DEAD)
    by_row = code_length.code_length(numbers, 16, np.arange(256), room, 0.1, _DEAD)
    assert by_place[1] < entropy(rounding.rounded(numbers, by_place[0], 0.6 * by_place[0])[0])
    assert by_row[1] > 0.0


def test_integers_that_are_too_large_take_infinitely_many_bits():
    numbers, bands = np.array([1e30, 1.0]), np.zeros(1, np.int64)
    _, *bits = code_length.code_length(numbers, 1, np.zeros(2, np.int64), 1e-9, 1e-5, _DEAD)
    assert bits == [np.inf, np.inf]
    none = code_length.code_length(np.zeros(4), 1, bands.repeat(4), 0.0, 1.0, _DEAD)
    assert none == (1.0, 0.0, 0.0)


@given(st.integers(0, 99), st.integers(0, 100), st.sampled_from([1e-12, 0.1, 1e9]))
def test_about_is_a_sum_of_logarithms(seed, count, step):
    numbers = rows(seed, count, 1)
    expected = float(np.log2(1.0 + np.abs(numbers) / step).sum())
    assert code_length.about(numbers, step) == pytest.approx(expected, rel=1e-9, abs=1e-12)
