"""Every kind of source answers the same questions, with the elements that it stands for."""

import numpy as np
import pytest

import qvarray as qv
from qvarray.core.source import Source
from qvarray.core.spectrum import Spectrum
from qvarray.gates.evolution import Evolved, EvolvedQubits
from qvarray.gates.state import State
from qvarray.sources import samples
from qvarray.sources.diagonal_operator import Symbol
from qvarray.sources.expression import Expression
from qvarray.sources.linear_map import Ordered, Toeplitz
from qvarray.sources.packed import Packed
from qvarray.sources.samples import Samples

RNG = np.random.default_rng(12)
WAVES = qv.from_eigenvalues([3.0, 1.0, -2.0], [1, 5, 30], (8, 16), basis=("cosine", "walsh"))


def _state():
    state = qv.gates.h(qv.gates.zero_state(4), 1)
    return qv.gates.s(qv.gates.cx(state, 1, 3), 3)


def _samples():
    return qv.from_eigenvalues([1.0, 2.0, 0.5], [1, 7, 40], 64, basis="cosine")[3:50:4]


MADE = {
    "sparse": (Spectrum, lambda: qv.from_coordinates([3, 17], [1.0, 2.0], 24).reshape(4, 6)),
    "dense": (Spectrum, lambda: qv.asarray(RNG.standard_normal((3, 5)))),
    "waves": (Spectrum, lambda: WAVES),
    "fourier": (Spectrum, lambda: qv.from_eigenvalues([1.0, 2j], [1, 5], 12, basis="fourier")),
    "operator": (Spectrum, lambda: qv.operator([1.0, 2.0], [0, 3], 8, basis="walsh")),
    "packed": (
        Packed,
        lambda: qv.encode(np.cos(np.arange(4096) / 300), tol=1e-3, basis="cosine", storage="int8"),
    ),
    "expression": (Expression, lambda: np.exp(WAVES) + qv.asarray(np.arange(16.0))),
    "samples": (Samples, _samples),
    "toeplitz": (Toeplitz, lambda: qv.toeplitz(np.arange(5.0), np.arange(7.0))),
    "symbol": (Symbol, lambda: qv.laplacian(16)),
    "state": (State, _state),
    "evolved": (Evolved, lambda: qv.apply_evolving_and_or(np.arange(1.0, 40.0), mode="unitary")),
    "evolved qubits": (
        EvolvedQubits,
        lambda: qv.apply_evolving_and_or(np.arange(1.0, 17.0), qubits=[0, 2]),
    ),
}


@pytest.fixture(params=MADE)
def made(request, monkeypatch):
    monkeypatch.setattr(samples, "_FEW", -1)
    kind, make = MADE[request.param]
    source = make().source
    assert type(source) is kind
    dense = qv.VirtualQArray(source.settle()).todense()
    return source, dense


def close(got, expected):
    assert np.shape(got) == np.shape(expected)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


def dense_of(source):
    return qv.VirtualQArray(source).todense()


def test_what_it_is(made):
    source, dense = made
    assert isinstance(source, Source)
    assert (source.shape, source.dtype, source.size) == (dense.shape, dense.dtype, dense.size)
    assert source.nbytes >= 0
    assert source.label
    assert (source.stored is source) == isinstance(source, Spectrum)
    assert (source.standard is source) == source.is_standard
    assert source.norm_bound() >= np.linalg.norm(dense) * (1 - 1e-12)


def test_what_it_becomes(made):
    source, dense = made
    axes = list(range(dense.ndim))[::-1]
    close(dense_of(source.express()), dense)
    close(dense_of(source.conjugate()), dense.conj())
    close(dense_of(source.permuted(axes)), dense.transpose(axes))
    close(dense_of(source.permuted(range(dense.ndim))), dense)


def test_elements(made):
    source, dense = made
    positions = np.array([0, dense.size - 1, dense.size // 2, 0])
    close(source.at(positions), dense.ravel()[positions])
    close(source.item(dense.size // 3), dense.ravel()[dense.size // 3])


def test_parts(made):
    source, dense = made
    for key in (
        [range(1, n, 2) for n in dense.shape],
        [range(n - 1, -1, -1) for n in dense.shape],
        [range(2), *(None for _ in range(1)), *(range(n) for n in dense.shape[1:])],
        [1, *(range(n) for n in dense.shape[1:])],
        [1] * dense.ndim,
    ):
        part = source.part(key)
        index = tuple(slice(p.start, None if p.step < 0 else p.stop, p.step) if isinstance(p, range)
                      else p for p in key)  # fmt: skip
        close(dense_of(part) if isinstance(part, Source) else part, dense[index])


def test_pages(made):
    source, dense = made
    for ordered in (True, False):
        out = np.zeros_like(dense)
        pages = source.pages(ordered)
        for i in range(len(pages)):
            key = pages[i]
            index = tuple(slice(p.start, p.stop, p.step) for p in key)
            out[index] = source.read(key)
        close(out, dense)


def test_products_and_ufuncs_that_parameters_tell(made):
    source, dense = made
    known = source.combined(np.multiply, [source, 2.0])
    if known is not None:
        close(dense_of(known), dense * 2.0)
    vector = qv.asarray(np.arange(float(dense.shape[-1]))).source
    known = source.matmul(vector, np.result_type(source.dtype, vector.dtype))
    if known is not None:
        close(dense_of(known), dense @ dense_of(vector))


def test_ordered_functions_are_a_source_too():
    values, vectors = np.linalg.eigh(qv.operator([2.0, 1.0], [0, 5], 2**13, basis="walsh"))
    source = vectors.source
    assert type(source) is Ordered
    assert source.permuted((1, 0)).shape == source.shape
    assert source.permuted((0, 1)) is source
    assert values.shape == (2**13,)
