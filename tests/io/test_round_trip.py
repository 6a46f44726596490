"""Whatever an array is comes back as that: sizes to 2**63 - 1, dtypes, bases, storages, sources."""

import io

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.io.codecs import little_endian

from ..twin import DTYPES, SPECTRAL

MOST = 2**63 - 1


def back(x):
    """Save and load; the kind of source, the bytes stored and the bound come back."""
    file = io.BytesIO()
    qv.save(file, x)
    data = file.getvalue()
    y = qv.load(io.BytesIO(data))
    assert type(y.source) is type(x.source)
    assert (y.shape, y.dtype, y.nbytes) == (x.shape, x.dtype, x.nbytes)
    assert y.recovery_error == x.recovery_error
    assert repr(y) == repr(x)
    again = io.BytesIO()
    qv.save(again, y)
    assert again.getvalue() == data
    return y


def same_bits(a, b):
    assert a.dtype == b.dtype
    # Between long doubles there may be anything.
    assert little_endian(a).tobytes() == little_endian(b).tobytes()


def assert_same_spectrum(x, y):
    y.check()
    same_bits(x.eigenvalues, y.eigenvalues)
    if x.active_indices is None:
        assert y.active_indices is None
    else:
        same_bits(x.active_indices, y.active_indices)
    same_bits(np.asarray(x.fill_value), np.asarray(y.fill_value))
    assert (x.bases, x.diagonal, x.error) == (y.bases, y.diagonal, y.error)


SIZES = st.integers(1, MOST) | st.sampled_from(
    [1, 2, 2**31 - 1, 2**31, 2**32 + 1, 2**53 - 1, 2**53 + 1, 2**62 + 3, MOST - 1, MOST]
)


@st.composite
def sparse_arrays(draw):
    size = draw(SIZES)
    # At both ends, and anywhere.
    some = st.integers(0, size - 1) | st.integers(1, min(size, 9)).map(lambda k: size - k)
    indices = draw(st.lists(some, max_size=8, unique=True))
    dtype = draw(st.sampled_from(DTYPES))
    values = np.arange(1, len(indices) + 1).astype(dtype)
    fill = draw(st.sampled_from([0, 1]))
    coords = np.array(indices, np.int64)
    return qv.from_coordinates(coords, values, size, fill_value=dtype.type(fill))


@given(sparse_arrays())
def test_indices_of_all_sizes(x):
    assert_same_spectrum(x.spectrum, back(x).spectrum)


@given(st.lists(st.sampled_from([3, 2**10, 2**15 + 1, 5]), min_size=2, max_size=4), st.data())
def test_indices_of_several_axes(shape, data):
    coords = [data.draw(st.integers(0, n - 1)) for n in shape]
    x = qv.from_coordinates([[c] for c in coords], [2.0], tuple(shape))
    y = back(x)
    assert_same_spectrum(x.spectrum, y.spectrum)
    assert y[tuple(coords)] == 2


@given(st.integers(0, 62), st.sampled_from(SPECTRAL), st.data())
def test_eigenvalues_of_all_sizes(bits, basis, data):
    n = 2**bits
    k = min(n, 5)
    indices = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=k, unique=True))
    values = np.arange(1.0, 1 + len(indices))
    dtypes = [np.float32, np.float64, np.complex128, np.float16]
    dtype = data.draw(st.sampled_from(dtypes)) if basis != "fourier" else np.complex64
    x = qv.from_eigenvalues(values, sorted(indices), n, basis=basis, dtype=dtype)
    assert_same_spectrum(x.spectrum, back(x).spectrum)


@given(st.sampled_from([*SPECTRAL, "standard"]), st.sampled_from("?bhilBHILefdFD"), st.data())
def test_operators_of_all_sizes(basis, char, data):
    n = 2 ** data.draw(st.integers(0, 62))
    indices = data.draw(st.lists(st.integers(0, n - 1), max_size=min(n, 4), unique=True))
    values = np.arange(1, 1 + len(indices)).astype(char)
    x = qv.operator(values, sorted(indices), n, basis=basis)
    assert_same_spectrum(x.source, back(x).source)
    if x.dtype.kind == "f":
        y = qv.identity(n, basis=basis) * 3 + x
        assert_same_spectrum(y.spectrum, back(y).spectrum)


#: Steps from arrays to arrays, of which each makes or keeps an expression.
STEPS = [
    lambda x: np.exp(x * 0.25),
    lambda x: np.sqrt(np.abs(x) + 1),
    lambda x: np.clip(x, -1, 1),
    lambda x: np.clip(x, np.float32(-1), None),
    lambda x: np.where(x > 0, x, 0.5),
    lambda x: np.where(np.arange(len(x)) % 2 == 0, x, -x),
    lambda x: np.select([x > 1, x < 0], [x, 2.0], 7),
    lambda x: np.piecewise(x, [x > 0], [1, 2]),
    lambda x: np.choose((x > 0).astype(int), [x, 3.0]),
    lambda x: np.nan_to_num(1 / x, posinf=3.0),
    lambda x: np.nan_to_num(1 / x, posinf=np.arange(1.0, 1 + len(x)), nan=0.0, neginf=1.0),
    lambda x: np.round(x, 1),
    lambda x: np.sinc(x),
    lambda x: np.angle(x * 1j),
    lambda x: np.minimum(x, 0.5, dtype=np.float32),
    lambda x: x * x + x,
    lambda x: x + np.hypot(x, x),
    lambda x: np.power(x, 2) * True,
    lambda x: np.multiply(x, 1.5, casting="unsafe"),
    lambda x: np.frexp(x)[1] * np.int8(3),
    lambda x: np.modf(x)[0],
    lambda x: scipy.special.erf(x),
    lambda x: scipy.special.expit(x) - np.float64(1),
    lambda x: x[::3][:5] + x[1:6],
    lambda x: np.exp(x, out=qv.array(x), where=np.arange(len(x)) % 2 == 0),
    lambda x: np.round(x, 2, out=qv.array(x)),
]


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), st.sampled_from(SPECTRAL))
def test_expressions(steps, basis):
    x = qv.from_eigenvalues([4.0, -2.0, 1.0], [0, 3, 9], 64, basis=basis).real
    with np.errstate(all="ignore"):
        for step in steps:
            if len(x) < 8 or x.dtype.kind != "f":
                break
            x = step(x)
        y = back(x)
        same_bits(x.todense(), y.todense())


def test_an_expression_of_many_steps_is_as_long_as_its_steps():
    x = np.exp(qv.from_eigenvalues([1.0], [3], 64, basis="walsh"))
    shared, deep = x, x
    for _ in range(60):
        shared = shared + shared
    for _ in range(100):
        deep = np.sqrt(deep + 1)
    for y in (shared, deep):
        file = io.BytesIO()
        qv.save(file, y)
        assert len(file.getvalue()) < 1500
        same_bits(qv.load(io.BytesIO(file.getvalue())).todense(), y.todense())
    # Deeper than Python lets functions call each other.
    for _ in range(2000):
        deep = np.sqrt(deep + 1)
    back(deep)


def test_functions_of_ones_own_are_evaluated():
    half = np.frompyfunc(lambda v: v / 2, 1, 1)
    x = qv.from_eigenvalues([1.0], [3], 64, basis="walsh")
    A = qv.linalg.funm(qv.laplacian(16), lambda v: v * 2)
    file = io.BytesIO()
    qv.save(file, A)
    assert np.allclose(qv.load(io.BytesIO(file.getvalue())).todense(), A.todense())
    assert half(np.ones(1)) == 0.5
    assert x.size == 64


def _maps(n):
    yield qv.laplacian(n)
    yield qv.derivative(n)
    yield qv.laplacian(n) @ qv.laplacian(n)
    yield qv.linalg.expm(qv.laplacian(n) * 0.01)
    yield np.linalg.inv(qv.laplacian(n) - qv.identity(n))
    yield qv.derivative(n) + qv.derivative(n).T
    yield qv.derivative(n).conj()
    yield qv.toeplitz([1.0, 2.0, 0.0], [1.0, 5.0])
    yield qv.toeplitz(qv.from_coordinates([0, 1], [2.0, -1.0], n))
    yield qv.circulant(qv.from_coordinates([0, 1], [2.0, -1.0], n))
    yield qv.haar_filter(np.arange(1.0, n.bit_length() + 1), n)
    yield np.linalg.eigh(qv.operator([3.0, 4.0], [1, 2], n, basis="walsh"))[1]


@pytest.mark.parametrize("n", [16, 2**40])
def test_linear_maps(n):
    for A in _maps(n):
        B = back(A)
        if A.size <= 256:
            same_bits(A.todense(), B.todense())


GATES = ["h", "x", "t", "s", "sx", "y"]


@st.composite
def states(draw):
    n = draw(st.integers(1, 4) | st.sampled_from([20, 60, 62]))
    g = qv.gates
    x = g.zero_state(n)
    if draw(st.booleans()):
        x = x.reshape((2,) * n) if n < 30 else x
    qubits = st.integers(0, n - 1)
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.integers(0, 5))
        a, b = draw(qubits), draw(qubits)
        if kind < 2 or a == b:
            x = getattr(g, draw(st.sampled_from(GATES)))(x, a)
        elif kind == 2:
            x = g.ry(x, draw(st.floats(-3, 3)), a)
        elif kind == 3:
            x = g.cx(x, a, b)
        elif kind == 4:
            x = g.cz(x, a, b)
        else:
            x = g.crx(x, 0.3, a, b)
    return x


@given(states(), st.integers(0, 2**62))
@settings(max_examples=60)
def test_states(x, number):
    y = back(x)
    positions = np.unique([0, number % x.size, x.size - 1])
    same_bits(x.source.at(positions), y.source.at(positions))
    if x.size <= 16:
        same_bits(x.todense(), y.todense())
    # What is done to both is the same, and is undone.
    a, b = qv.gates.h(x, 0), qv.gates.h(y, 0)
    same_bits(a.source.at(positions), b.source.at(positions))
    c = qv.gates.h(b, 0)
    same_bits(c.source.at(positions), qv.gates.h(a, 0).source.at(positions))


def test_what_led_to_a_state_is_undone_after_loading():
    g = qv.gates
    x = g.ry(g.h(g.zero_state(8), 0), 0.4, 1)
    matrix = np.linalg.qr(np.arange(16.0).reshape(4, 4) ** 1.5 + np.eye(4))[0]
    y = g.crx(g.cx(x, 0, 1), 0.7, 1, 3)
    z = back(y)
    assert z.source.history is not None
    same_bits(x.todense(), g.cx(g.crx(z, -0.7, 1, 3), 0, 1).todense())
    y = g.unitary(y, matrix, [2, 5])
    z = back(y)
    assert z.source.history is not None
    x, y = (g.unitary(one, matrix.T, [2, 5]) for one in (y, z))
    same_bits(x.todense(), y.todense())
    # Functions are not in files: such a state comes back as what it is, without how it came.
    w = g.permutation(y, lambda v: (v + 1) % 8, [0, 1, 2], inverse=lambda v: (v - 1) % 8)
    same_bits(w.todense(), back_as_state(w).todense())


def back_as_state(x):
    file = io.BytesIO()
    qv.save(file, x)
    y = qv.load(io.BytesIO(file.getvalue()))
    assert type(y.source) is type(x.source)
    return y


def test_a_state_of_many_qubits_is_small():
    g = qv.gates
    x = g.zero_state(60)
    for q in range(60):
        x = g.h(x, q)
    for q in range(60):
        x = g.cz(x, q, (q + 7) % 60)
    file = io.BytesIO()
    qv.save(file, x)
    assert len(file.getvalue()) < 2500
    assert back(x).source.at(np.array([2**59 + 5])) == x.source.at(np.array([2**59 + 5]))


@pytest.mark.parametrize("mode", ["project", "residual", "unitary"])
def test_evolved_arrays_are_reversed_after_loading(mode):
    x = np.arange(70.0)
    y = back(qv.apply_evolving_and_or(x, mode=mode, t=0.5))
    if mode == "project":
        y = qv.reverse_evolving_and_or(y)
        indices = qv.gates.and_or_operator(70).active_indices
        same_bits(y.todense()[indices], x[indices])
    else:
        same_bits(qv.reverse_evolving_and_or(y).todense(), x)


@given(
    st.sampled_from(["float32", "float16", "int16", "int8"]),
    st.sampled_from(["cosine", "fourier", "standard", "blocked(cosine, 8)"]),
    st.integers(1, 300),
    st.sampled_from([1e-1, 1e-3]),
    st.booleans(),
)
@settings(max_examples=40)
def test_packed_arrays(storage, basis, n, tol, is_sparse):
    rng = np.random.default_rng(n)
    dense = np.where(rng.random(n) < 0.05, 100.0, 0.0) if is_sparse else rng.random(n).cumsum()
    x = qv.encode(dense, basis, tol=tol, storage=storage)
    same_bits(x.todense(), back(x).todense())
    total = x - qv.encode(dense[::-1], basis, tol=tol, storage="float32")
    z = back(total)
    assert type(z.source) is type(total.source)
    same_bits(total.todense(), z.todense())


@given(st.integers(0, 40), st.integers(1, 59), st.integers(1, 7))
@settings(max_examples=40)
def test_samples(start, count, step):
    x = qv.from_eigenvalues([4.0, -2.0, 1.0], [0, 3, 9], 512, basis="haar")
    y = x[start : start + count * step : step] if step != 3 else x[start + count :: -step]
    if len(y):
        # Before it is evaluated: few samples are kept then.
        z = back(y)
        same_bits(y.todense(), z.todense())
