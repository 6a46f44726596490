"""A basis is one file: one that is made and registered here answers every question."""

import copy
import io
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
import scipy

import qvarray as qv
from qvarray.bases import (
    Basis,
    as_basis,
    candidates,
    named_bases,
    register,
    registry,
    working_dtype,
)

from .. import twin
from . import questions


@dataclass(frozen=True)
class Sine(Basis):
    """Functions ``c_k sin(pi (2 p + 1) (k + 1) / 2 n)``: the orthonormal DST-II."""

    name = "sine"

    def analyse(self, samples, axis):
        return scipy.fft.dst(samples.astype(working_dtype(samples.dtype)), axis=axis, norm="ortho")

    def synthesise(self, coefficients, axis, overwrite=False):
        return scipy.fft.idst(coefficients, axis=axis, norm="ortho", overwrite_x=overwrite)

    def elements(self, n, positions, indices, precise=False):
        real = np.longdouble if precise else np.float64
        turns = np.multiply.outer(2 * positions + 1, indices + 1) % (4 * n)
        scale = np.where(indices == n - 1, real(1), np.sqrt(real(2))) / np.sqrt(real(n))
        return np.sin(turns.astype(real) * (2 * np.arctan(real(1)) / n)) * scale

    # The constant is not its function 0.

    def sums(self, n, indices, dtype):
        return self.elements(n, np.arange(n), indices).sum(axis=0).astype(dtype)

    def constants(self, n, most):
        return np.arange(n) if n <= most else None


def by_definition(n):
    p, k = np.arange(n)[:, None], np.arange(1, n + 1)
    scale = np.where(k == n, np.sqrt(1 / n), np.sqrt(2 / n))
    return scale * np.sin(np.pi * ((2 * p + 1) * k % (4 * n)) / (2 * n))


@pytest.fixture(autouse=True)
def sine(monkeypatch):
    """The basis, registered, and known to the oracle, for a test."""
    monkeypatch.setattr(registry, "_NAMED", dict(registry._NAMED))
    others = twin.matrix

    def matrix(name, n):
        return by_definition(n) if name == "sine" else others(name, n)

    monkeypatch.setattr(twin, "matrix", matrix)
    monkeypatch.setattr(questions, "matrix", matrix)
    return register(Sine())


@pytest.mark.parametrize("n", [1, 2, 5, 8, 12])
def test_every_question_has_an_answer(sine, n):
    functions = by_definition(n)
    questions.elements(sine, n, functions)
    for dtype in twin.FLOATS:
        questions.transforms(sine, n, functions, dtype, n)
    questions.pages(sine, n, functions, 0, n, n)
    questions.pages(sine, n, functions, n // 2, n, 1)
    questions.combs(sine, n, functions, 0, 1)
    for step in (1, -1, 2, 3):
        questions.restrictions(sine, n, functions, range(n)[::step])
        questions.covers(sine, n, range(n)[::step])
    questions.moves(sine, n, functions, 3, n // 2, n - 1)
    questions.sums(sine, n, functions)
    questions.bounds(sine, n, functions)
    questions.blocks(sine, n)
    questions.operators(sine, n, functions)


def test_its_name(sine):
    assert as_basis("sine") is sine
    assert "sine" in named_bases()
    assert sine not in candidates()
    for basis in (sine, qv.blocked("sine", 4), as_basis("kron(sine, 3, haar, 2)")):
        assert (
            as_basis(str(basis)) == pickle.loads(pickle.dumps(basis)) == copy.copy(basis) == basis
        )


@pytest.mark.parametrize("name", ["sine", "blocked(sine, 4)", "kron(sine, 3, haar, 4)"])
def test_arrays_in_it(name):
    rng = np.random.default_rng(0)
    y = qv.from_eigenvalues(rng.standard_normal(3), [0, 3, 11], 12, basis=name)
    pair = twin.dense_by_definition(y), y
    for call in (
        lambda x: x[::-1],
        lambda x: x[2:7],
        lambda x: x[5],
        lambda x: np.tile(x, 3),
        lambda x: np.repeat(x, 2),
        lambda x: np.roll(x, 5),
        lambda x: x.reshape(3, 4),
        lambda x: np.outer(x, x),
        lambda x: np.concatenate([x, x]),
        lambda x: x + 1.0,
        lambda x: x * x,
        lambda x: np.sum(x),
        lambda x: np.linalg.norm(x),
        lambda x: np.fft.fft(x),
        lambda x: np.sort(x),
        lambda x: np.exp(x),
        lambda x: np.broadcast_to(x, (3, 12)),
    ):
        twin.check(call, pair, rounding=200)
    for kind in ("standard", "cosine", "sine"):
        np.testing.assert_allclose(y.to_basis(kind).todense(), pair[0], atol=1e-14)
    file = io.BytesIO()
    qv.save(file, y)
    file.seek(0)
    z = qv.load(file)
    assert z.bases == y.bases
    twin.assert_same(y.todense(), z)


@pytest.mark.parametrize("storage", [None, "int8", "float32"])
def test_encoded_where_it_is_asked_for(storage):
    samples = np.cumsum(np.random.default_rng(0).standard_normal((40, 33)), axis=0)
    for basis in ("sine", "blocked(sine, 8)", ["sine", "cosine"]):
        x = qv.encode(samples, basis, tol=1e-2, storage=storage)
        error = np.linalg.norm(x.todense() - samples) / np.linalg.norm(samples)
        assert error <= x.recovery_error <= 1e-2


def test_operators_in_it(sine):
    A = qv.operator([3.0, 4.0, 0.5], [0, 5, 7], 8, basis=sine)
    pair = twin.dense_by_definition(A), A
    x = np.arange(8.0)
    twin.check(lambda m: m @ x, pair, rounding=200, scale=50.0)
    for call in (np.trace, np.diag, np.transpose, lambda m: np.linalg.norm(m, 1)):
        twin.check(call, pair, rounding=200)
