"""Algorithms against theory, at sizes that no dense vector has."""

from fractions import Fraction
from math import gcd

import numpy as np
import pytest

import qvarray as qv

g = qv.gates
rng = np.random.default_rng


def run_watched(circuit, state=None, most=4):
    """The state after a circuit; never more eigenvalues than `most` on the way."""
    x = g.zero_state(circuit.n) if state is None else state
    for entry in circuit:
        step = g.Circuit(circuit.n).append(entry.operation)
        x = g.run(step, x)
        assert x.source.nactive <= most
    return x


def fourier(n, qubits=None):
    """The quantum Fourier transform, with the swaps at its end."""
    order = list(range(n)) if qubits is None else list(qubits)
    circuit = g.Circuit(max(order) + 1)
    for a in range(n):
        circuit.h(order[a])
        for b in range(a + 1, n):
            circuit.cp(np.pi / 2 ** (b - a), order[b], order[a])
    for a in range(n // 2):
        circuit.swap(order[a], order[n - 1 - a])
    return circuit


def ghz(n):
    circuit = g.Circuit(n).h(0)
    for q in range(n - 1):
        circuit.cx(q, q + 1)
    return circuit


def w_state(n):
    circuit = g.Circuit(n).x(0)
    for q in range(n - 1):
        circuit.cry(2 * np.arccos(np.sqrt(1 / (n - q))), q, q + 1).cx(q + 1, q)
    return circuit


def test_fourier_is_the_discrete_fourier_transform():
    for n in (1, 2, 5, 6):
        v = rng(n).standard_normal(2**n) + 1j * rng(n).standard_normal(2**n)
        y = g.run(fourier(n), v)
        np.testing.assert_allclose(y.todense(), np.fft.ifft(v, norm="ortho"), atol=1e-13)


def test_fourier_of_a_basis_state_on_sixty():
    bits = "".join(map(str, rng(0).integers(0, 2, 60)))
    y = run_watched(fourier(60), g.basis_state(bits), most=1)
    for position in (0, 1, 12345, 2**59, 2**60 - 1):
        turns = position * int(bits, 2) % 2**60 / 2**60
        np.testing.assert_allclose(y[position] * 2**30, np.exp(2j * np.pi * turns), atol=1e-12)
    back = g.run(fourier(60).inverse(), y)
    np.testing.assert_allclose(abs(back[int(bits, 2)]), 1, atol=1e-12)


def test_fourier_of_a_sparse_state():
    x = g.from_dict({"0" * 16: 0.6, "0" * 14 + "10": 0.8})
    y = g.run(fourier(16), x)
    j = np.arange(2**16)
    expected = (0.6 + 0.8 * np.exp(2j * np.pi * 2 * j / 2**16)) / 2**8
    np.testing.assert_allclose(y.todense(), expected, atol=1e-14)


@pytest.mark.parametrize("star", [False, True])
def test_ghz_and_cat_states_on_sixty(star):
    circuit = ghz(60)
    if star:
        circuit = g.Circuit(60).h(0)
        for q in range(1, 60):
            circuit.cx(0, q)
    x = run_watched(circuit)
    found = g.to_dict(x)
    assert list(found) == ["0" * 60, "1" * 60]
    np.testing.assert_allclose(list(found.values()), 0.5**0.5)
    assert abs(g.expectation(x, "X" * 60) - 1) < 1e-12
    assert abs(g.entropy(x, range(20)) - 1) < 1e-12
    assert g.to_dict(g.run(circuit.inverse(), x)) == {"0" * 60: 1}


def test_w_state_on_sixty():
    x = g.run(w_state(60))
    found = g.to_dict(x)
    assert sorted(found) == sorted("0" * q + "1" + "0" * (59 - q) for q in range(60))
    np.testing.assert_allclose(np.abs(list(found.values())), 60**-0.5)
    np.testing.assert_allclose(g.probabilities(x, 17)[1], 1 / 60)


def test_bernstein_vazirani_on_sixty():
    hidden = rng(1).integers(0, 2, 59)
    circuit = g.Circuit(60).x(59)
    for q in range(60):
        circuit.h(q)
    for q in np.flatnonzero(hidden).tolist():
        circuit.cx(q, 59)
    for q in range(59):
        circuit.h(q)
    x = run_watched(circuit, most=1)
    assert g.measure(x, range(59), rng(0))[0] == "".join(map(str, hidden))


@pytest.mark.parametrize("kind", ["constant", "balanced"])
def test_deutsch_jozsa_on_sixty(kind):
    circuit = g.Circuit(60).x(59)
    for q in range(60):
        circuit.h(q)
    if kind == "constant":
        circuit.x(59)
    else:
        for q in range(0, 59, 3):
            circuit.x(q).cx(q, 59).x(q)
    for q in range(59):
        circuit.h(q)
    x = run_watched(circuit, most=1)
    found = g.measure(x, range(59), rng(0))[0]
    assert (set(found) == {"0"}) == (kind == "constant")


@pytest.mark.parametrize("seed", range(4))
def test_counterfeit_coin_on_sixty(seed):
    false = 17
    circuit = g.Circuit(60)
    for q in range(59):
        circuit.h(q)
    for q in range(59):
        circuit.cx(q, 59)
    x = run_watched(circuit)
    bit, x = g.measure(x, 59, rng(seed))
    assert x.source.nactive <= 4
    rest = g.Circuit(60)
    if bit == "1":
        # An odd number of coins on the scale: begin again.
        for q in range(59):
            rest.h(q)
    else:
        rest.x(59).h(59).cx(false, 59)
        for q in range(59):
            rest.h(q)
    x = run_watched(rest, x)
    outcome = g.measure(x, range(59), rng(seed))[0]
    if bit == "0":
        expected = ["0"] * 59
        expected[false] = "1"
        flipped = ["1"] * 59
        flipped[false] = "0"
        assert outcome in ("".join(expected), "".join(flipped))


def test_grover_on_twenty():
    # One in 2**10 is marked: after r steps the probability is sin((2 r + 1) asin(2**-5))**2.
    n = 20

    def marked(register):
        return register % 1024 == 77

    x = g.zero_state(n)
    for q in range(n):
        x = g.h(x, q)
    steps = 12
    for _ in range(steps):
        x = g.phase_oracle(x, marked, range(n))
        for q in range(n):
            x = g.h(x, q)
        x = g.phase_oracle(x, lambda r: r != 0, range(n))
        for q in range(n):
            x = g.h(x, q)
    found = g.probabilities(x, range(10, 20)).ravel()[77]
    assert abs(found - np.sin((2 * steps + 1) * np.arcsin(2**-5)) ** 2) < 1e-10
    assert found > 0.49


@pytest.mark.parametrize("turns", [0.0, 0.40625, 1 / 3])
def test_phase_estimation(turns):
    m = 8
    circuit = g.Circuit(m + 1).x(m)
    for q in range(m):
        circuit.h(q).cp(2 * np.pi * turns * 2 ** (m - 1 - q), q, m)
    circuit.compose(fourier(m).inverse(), range(m))
    chances = g.probabilities(g.run(circuit), range(m)).ravel()
    gaps = np.arange(2**m) / 2**m - turns
    waves = np.exp(2j * np.pi * np.outer(gaps, np.arange(2**m))).sum(axis=1) / 2**m
    np.testing.assert_allclose(chances, np.abs(waves) ** 2, atol=1e-10)


def estimation(n, k):
    """Of the phase of k / 2**n turns, as one writes it: the angles are many turns."""
    theta, circuit = 2 * np.pi * k / 2**n, g.Circuit(n + 1).x(n).h(range(n))
    for j in range(n):
        circuit.cp(theta * 2**j, n - 1 - j, n)
    for q in range(n):
        for p in range(q):
            circuit.cp(-np.pi / 2 ** (q - p), p, q)
        circuit.h(q)
    return circuit


@pytest.mark.parametrize("k", [1, 11, 629145, 892517, *range(2**20 - 40, 2**20)])
def test_phase_estimation_stays_sparse(k):
    """The rounding of an angle of many turns is none of a fraction of one."""
    ((bits, value),) = g.to_dict(g.run(estimation(20, k))).items()
    assert bits == format(k, "020b")[::-1] + "1"
    np.testing.assert_allclose(value, 1, atol=1e-12)


@pytest.mark.parametrize("k", [3, 892517, 2**20 - 1])
def test_phase_estimation_of_other_gates(k):
    """What Qiskit reduces angles by is rounded: the cutoff drops what that leaves."""
    qiskit = pytest.importorskip("qiskit")
    circuit, basis = estimation(20, k), ["rz", "sx", "x", "cx"]
    # Of a higher level, Qiskit leaves out small angles.
    ready = qiskit.transpile(circuit.to_qiskit(), basis_gates=basis, optimization_level=1)
    x = g.run(g.Circuit.from_qiskit(ready), g.zero_state(21, cutoff=1e-9))
    assert x.source.core.values.size <= 2
    np.testing.assert_allclose(abs(g.overlap(x, g.run(circuit))), 1, atol=1e-9)


def order_from(fraction, a, number):
    """The order of a, from an estimate of some multiple of its inverse."""
    for most in range(1, number):
        r = Fraction(fraction).limit_denominator(most).denominator
        if pow(a, r, number) == 1:
            return r
    return None


def factors_of(number, a, r):
    if r is None or r % 2:
        return None
    root = pow(a, r // 2, number)
    found = gcd(root - 1, number)
    return (found, number // found) if 1 < found < number else None


def powers(a, number, size):
    """The map of registers e and y to e and y a**e, where y is less than the number."""

    def step(e, y):
        out = y.copy()
        factor = np.full(e.shape, a % number)
        product = np.ones(e.shape, np.int64)
        for place in range(size):
            product = np.where(e >> place & 1, product * factor % number, product)
            factor = factor * factor % number
        return e, np.where(y < number, y * product % number, out)

    return step


@pytest.mark.parametrize(("number", "a"), [(15, 7), (21, 2)])
def test_shor_with_a_full_register(number, a):
    size = number.bit_length()
    m = 2 * size
    circuit = g.Circuit(m + size).x(m + size - 1)
    for q in range(m):
        circuit.h(q)
    circuit.permutation(powers(a, number, m), [range(m), range(m, m + size)])
    circuit.compose(fourier(m).inverse(), range(m))
    x = g.run(circuit)
    found = {
        factors_of(number, a, order_from(int(e) / 2**m, a, number))
        for e in g.sample(x, 40, rng(0), range(m))
    }
    assert found & {(3, number // 3), (number // 3, 3)}


def shor_by_one_qubit(number, a, generator):
    """A multiple of 1 / order, a bit at a time, by one control that is measured and reset."""
    size = number.bit_length()
    m = 2 * size
    register = list(range(1, size + 1))
    circuit = g.Circuit(size + 1, m).x(size)
    for step in range(m):
        factor = pow(a, 1 << (m - 1 - step), number)
        back = pow(factor, -1, number)

        def times(by):
            return lambda c, y: (c, np.where((c == 1) & (y < number), y * by % number, y))

        circuit.h(0).permutation(times(factor), [[0], register], times(back))
        for earlier in range(step):
            circuit.p(-np.pi / 2 ** (step - earlier), 0, condition=(earlier, 1))
        circuit.h(0).measure(0, step).reset(0)
    bits = g.run_with_bits(circuit, rng=generator)[1]
    return int(bits[::-1], 2) / 2**m


@pytest.mark.parametrize(("number", "a"), [(15, 2), (21, 2), (1073, 3)])
def test_shor_with_one_control(number, a):
    generator = rng(5)
    found = None
    for _ in range(12):
        estimate = shor_by_one_qubit(number, a, generator)
        found = factors_of(number, a, order_from(estimate, a, number))
        if found:
            break
    assert found is not None
    assert found[0] * found[1] == number


def teleport():
    circuit = g.Circuit(3, 2).h(1).cx(1, 2).cx(0, 1).h(0).measure([0, 1], [0, 1])
    return circuit.x(2, condition=(1, 1)).z(2, condition=(0, 1))


@pytest.mark.parametrize("seed", range(6))
def test_teleportation(seed):
    theta, phi, lam = rng(seed).uniform(0, 6, 3)
    sent = g.u(g.zero_state(1), theta, phi, lam, 0).todense()
    x = g.run(teleport(), g.u(g.zero_state(3), theta, phi, lam, 0), rng(seed))
    np.testing.assert_allclose(g.density_matrix(x, 2), np.outer(sent, sent.conj()), atol=1e-13)


def adder(m):
    """b += a on registers of m qubits, least significant first, a carry in and one out.

    Cuccaro, Draper, Kutin, Moulton, "A new quantum ripple-carry addition circuit" (2004).
    """
    a, b = list(range(1, m + 1)), list(range(m + 1, 2 * m + 1))
    circuit = g.Circuit(2 * m + 2)
    carries = [0, *a]
    for i in range(m):
        circuit.cx(a[i], b[i]).cx(a[i], carries[i]).ccx(carries[i], b[i], a[i])
    circuit.cx(a[-1], 2 * m + 1)
    for i in reversed(range(m)):
        circuit.ccx(carries[i], b[i], a[i]).cx(a[i], carries[i]).cx(carries[i], b[i])
    return circuit


def test_adder_on_sixty():
    m = 29
    circuit = adder(m)
    for seed in range(3):
        left, right = rng(seed).integers(0, 2**m, 2).tolist()
        as_bits = [format(one, f"0{m}b")[::-1] for one in (left, right)]
        x = run_watched(circuit, g.basis_state("0" + as_bits[0] + as_bits[1] + "0"), most=1)
        (found,) = g.to_dict(x)
        assert int(found[m + 1 :][::-1], 2) == left + right
        assert int(found[1 : m + 1][::-1], 2) == left
    # A superposition of eight numbers on both sides.
    x = g.zero_state(60)
    for q in (1, 5, m, m + 1, m + 9, 2 * m):
        x = g.h(x, q)
    amplitudes = g.to_dict(g.run(circuit, x))
    assert len(amplitudes) == 64
    for bits in amplitudes:
        left, total = int(bits[1 : m + 1][::-1], 2), int(bits[m + 1 :][::-1], 2)
        right = total - left
        assert right & ~(1 | 1 << 8 | 1 << (m - 1)) == 0
