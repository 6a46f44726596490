"""Quantum programs as lists of gates: our own, of the kinds and sizes that QASMBench has.

QASMBench (Li, Stein, Krishnamoorthy and Ang, ACM Transactions on Quantum Computing 4, 2023) is the
source of what is in `SUITE`: names and numbers of qubits are its own where it has them. Each is
written anew from the algorithm. Measurements are left out; where gates depend on one, they are
controlled instead. This file imports nothing of the benchmarks, so that tests can load it.
"""

from functools import partial
from itertools import combinations, pairwise
from math import acos, pi, sqrt

import numpy as np

#: How many angles come first in the arguments of a gate; none for the others.
ANGLES = {
    "rx": 1, "ry": 1, "rz": 1, "p": 1, "u": 3, "cp": 1, "crx": 1, "cry": 1, "crz": 1, "rzz": 1,
}  # fmt: skip


class Program(list):
    """Gates on n qubits in their order: tuples of name, angles and qubits.

    A call appends a gate, with its angles and then its qubits: ``program("cp", pi / 2, 0, 1)``.
    """

    def __init__(self, n, gates=()):
        super().__init__(gates)
        self.n = n

    def __call__(self, name, *arguments):
        angles = ANGLES.get(name, 0)
        self.append((name, arguments[:angles], arguments[angles:]))
        return self

    def each(self, name, qubits):
        for q in qubits:
            self(name, q)
        return self

    def inverse(self):
        """The gates that undo these."""
        other = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
        out = Program(self.n)
        for name, angles, qubits in reversed(self):
            back = tuple(-a for a in angles)
            if name == "u":
                back = (-angles[0], -angles[2], -angles[1])
            out.append((other.get(name, name), back, qubits))
        return out

    def toffoli(self, a, b, c):
        """CCX from gates on one and two qubits."""
        self("h", c)("cx", b, c)("tdg", c)("cx", a, c)("t", c)("cx", b, c)("tdg", c)("cx", a, c)
        self("t", b)("t", c)("h", c)("cx", a, b)("t", a)("tdg", b)("cx", a, b)
        return self


_LEGACY = {"p": "u1", "u": "u3", "cp": "cu1"}


def qasm(program):
    """A program as text in OpenQASM 2."""
    lines = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{program.n}];"]
    for name, angles, qubits in program:
        if name == "mcx":
            name = {2: "cx", 3: "ccx", 4: "c3x", 5: "c4x"}[len(qubits)]
        arguments = f"({','.join(repr(float(a)) for a in angles)})" if angles else ""
        lines.append(f"{_LEGACY.get(name, name)}{arguments} {','.join(f'q[{q}]' for q in qubits)};")
    return "\n".join(lines)


# -- states ---------------------------------------------------------------------------------


def cat_state(n):
    c = Program(n)("h", 0)
    for q in range(n - 1):
        c("cx", q, q + 1)
    return c


def ghz(n):
    """By a star, from its first qubit."""
    c = Program(n)("h", 0)
    for q in range(1, n):
        c("cx", 0, q)
    return c


def bell(n):
    """Pairs, and a test of the first two in turned bases."""
    c = Program(n)
    for q in range(0, n, 2):
        c("h", q)("cx", q, q + 1)
    return c("ry", pi / 4, 0)("ry", -pi / 8, 1)


def wstate(n):
    c = Program(n)("x", n - 1)
    for q in range(n - 1, 0, -1):
        angle = acos(sqrt(1 / (q + 1)))
        c("ry", -angle, q - 1)("cz", q, q - 1)("ry", angle, q - 1)
    for q in range(n - 1, 0, -1):
        c("cx", q - 1, q)
    return c


def qrng(n):
    return Program(n).each("h", range(n))


def bb84(n):
    """Bits sent in one of two bases, and read in one of two."""
    rng = np.random.default_rng(n)
    c = Program(n)
    for gate in ("x", "h", "h"):
        c.each(gate, np.flatnonzero(rng.integers(0, 2, n)).tolist())
    return c


# -- oracles --------------------------------------------------------------------------------


def deutsch(n):
    return Program(n)("x", 1)("h", 0)("h", 1)("cx", 0, 1)("h", 0)


def secret(n):
    """The bits that Bernstein and Vazirani's program finds, on n - 1 qubits."""
    return [int(q % 3 != 0) for q in range(n - 1)]


def bv(n):
    inputs = range(n - 1)
    c = Program(n)("x", n - 1).each("h", range(n))
    for q in inputs:
        if secret(n)[q]:
            c("cx", q, n - 1)
    return c.each("h", inputs)


def dj(n):
    """Deutsch and Jozsa's, of a balanced function: a parity with some inputs flipped."""
    inputs = range(n - 1)
    c = Program(n)("x", n - 1).each("h", range(n)).each("x", inputs[::2])
    for q in inputs:
        c("cx", q, n - 1)
    return c.each("x", inputs[::2]).each("h", inputs)


def simon(n):
    """The secret is 110...: the oracle copies the input, and adds it where the first is 1."""
    m = n // 2
    c = Program(n).each("h", range(m))
    for q in range(m):
        c("cx", q, m + q)
    c("cx", 0, m)("cx", 0, m + 1)
    return c.each("h", range(m))


def lpn(n):
    """Learning a parity; the output is read in the turned basis too."""
    c = Program(n).each("h", range(n - 1))
    for q in range(0, n - 1, 2):
        c("cx", q, n - 1)
    return c.each("h", range(n))


def counterfeit(n, false=3):
    """The counterfeit coin's number: the balance answers for all sets of coins at once."""
    coins, balance = range(n - 1), n - 1
    c = Program(n).each("h", coins)
    for q in coins:
        c("cx", q, balance)
    c("x", balance)("h", balance)("cx", false, balance)
    return c.each("h", coins)


def _diffusion(c, qubits):
    """A sign of all states but the uniform one."""
    c.each("h", qubits).each("x", qubits)
    c("h", qubits[-1])("mcx", *qubits)("h", qubits[-1])
    return c.each("x", qubits).each("h", qubits)


def grover(n):
    """For all ones, in as many rounds as are best."""
    qubits = range(n)
    c = Program(n).each("h", qubits)
    for _ in range(int(pi / 4 * 2 ** (n / 2))):
        c("h", n - 1)("mcx", *qubits)("h", n - 1)
        _diffusion(c, qubits)
    return c


#: A number for each variable, from 1, negative where it is not to hold. Four of 16 values do.
CLAUSES = [(1, 2, 4), (1, 2, -4), (1, -2, 3), (1, -2, -3), (-1, 3, 4), (-1, 3, -4)]


def sat(n):
    """Grover's search for values of four variables that satisfy clauses of three literals."""
    variables, flags, answer = range(4), range(4, n - 1), n - 1
    c = Program(n)("x", answer)("h", answer).each("h", variables)
    check = Program(n)
    for flag, clause in zip(flags, CLAUSES, strict=True):
        # Where all literals are false, the flag is taken back.
        qubits = [abs(literal) - 1 for literal in clause]
        flipped = [q for q, literal in zip(qubits, clause, strict=True) if literal > 0]
        check("x", flag).each("x", flipped)("mcx", *qubits, flag).each("x", flipped)
    c.extend(check)
    c("mcx", *flags, answer)
    c.extend(check.inverse())
    return _diffusion(c, variables)


def hs4(n):
    """A hidden shift of a bent function, Σ of products of pairs."""
    shifted = [0, 3]

    def bent(c):
        for q in range(0, n, 2):
            c("h", q + 1)("cx", q, q + 1)("h", q + 1)

    c = Program(n).each("h", range(n)).each("x", shifted)
    bent(c)
    c.each("x", shifted).each("h", range(n))
    bent(c)
    return c.each("h", range(n))


# -- Fourier --------------------------------------------------------------------------------


def _fourier(n, qubits, sign=1, swaps=False):
    c = Program(n)
    for number, q in enumerate(qubits):
        c("h", q)
        for distance, other in enumerate(qubits[number + 1 :], 1):
            c("cp", sign * pi / 2**distance, other, q)
    if swaps:
        for a, b in zip(qubits, reversed(qubits[(len(qubits) + 1) // 2 :]), strict=False):
            c("swap", a, b)
    return c


def qft(n):
    """Of the basis state 1010..."""
    c = Program(n).each("x", range(0, n, 2))
    c.extend(_fourier(n, range(n)))
    return c


def inverseqft(n):
    """Of the uniform state."""
    c = Program(n).each("h", range(n))
    c.extend(_fourier(n, range(n)).inverse())
    return c


def _estimation(n, clock, controlled):
    """The phase of what `controlled(program, control, repeats)` does, in a register."""
    c = Program(n).each("h", clock)
    for power, q in enumerate(reversed(clock)):
        controlled(c, q, 2**power)
    c.extend(_fourier(n, clock, swaps=True).inverse())
    return c


def phase_estimation(n, turns):
    c = Program(n)("x", n - 1)
    c.extend(
        _estimation(
            n,
            range(n - 1),
            lambda c, q, repeats: c("cp", 2 * pi * turns * repeats % (2 * pi), q, n - 1),
        )
    )
    return c


def shor(n):
    """The order of 11 modulo 15, from a register of n - 4 qubits; the work starts at 1."""
    work = range(n - 4, n)
    c = Program(n)("x", work[3])
    c.extend(
        _estimation(
            n,
            range(n - 4),
            lambda c, q, repeats: c("cx", q, work[0])("cx", q, work[2]) if repeats == 1 else c,
        )
    )
    return c


def qf21(n):
    """The order of 4 modulo 21: of 1, 4 and 16 the bits are turned round."""
    a, b, d = n - 5, n - 3, n - 1

    def times(c, q, repeats):
        first, second = ((a, b), (b, d)) if repeats % 3 == 1 else ((b, d), (a, b))
        c("cswap", q, *second)("cswap", q, *first)

    c = Program(n)("x", d)
    c.extend(_estimation(n, range(n - 5), times))
    return c


def hhl(n):
    """A system of two equations, of eigenvalues 1 and 2, by Harrow, Hassidim and Lloyd."""
    clock, b, ancilla = range(n - 2), n - 2, n - 1
    step = 2 * pi / 2 ** len(clock)

    def evolved(c, q, repeats):
        # exp(1j * step * repeats * A), with A = (3 - X) / 2.
        c("p", 1.5 * step * repeats, q)("h", b)("crz", step * repeats, q, b)("h", b)

    c = Program(n)("ry", 0.7, b)
    forward = _estimation(n, clock, evolved)
    c.extend(forward)
    c("cry", pi, clock[-1], ancilla)("cry", pi / 3, clock[-2], ancilla)
    c.extend(forward.inverse())
    return c


def linearsolver(n):
    """The smallest of that kind: one qubit of clock."""
    c = Program(n)("ry", 0.9, 0)("h", 1)("cx", 1, 0)("h", 1)
    c("x", 1)("cry", pi / 3, 1, 2)("x", 1)("cry", pi / 5, 1, 2)
    return c("h", 1)("cx", 1, 0)("h", 1)


# -- arithmetic -----------------------------------------------------------------------------


def operands(bits):
    """The two numbers that `adder` adds."""
    return int("01" * bits, 2) % 2**bits | 1, 2**bits - 1


def _load(c, qubits, value):
    """An integer into a register, the least significant qubit first."""
    return c.each("x", [q for bit, q in enumerate(qubits) if value >> bit & 1])


def adder(n, decomposed=False, spread=0):
    """Cuccaro's ripple-carry adder: a carry, a, b, and the carry out; b becomes the sum.

    The first bits of a are in superposition, as many as `spread` says.
    """
    m = (n - 2) // 2
    a, b = range(1, m + 1), range(m + 1, 2 * m + 1)
    carries = [0, *a]
    first, second = operands(m)
    c = Program(n)
    ccx = c.toffoli if decomposed else partial(c, "ccx")
    _load(c, a, first)
    _load(c, b, second)
    c.each("h", a[:spread])
    for i in range(m):
        c("cx", a[i], b[i])("cx", a[i], carries[i])
        ccx(carries[i], b[i], a[i])
    c("cx", a[-1], n - 1)
    for i in reversed(range(m)):
        ccx(carries[i], b[i], a[i])
        c("cx", a[i], carries[i])("cx", carries[i], b[i])
    return c


def _add_product(c, controls, low, carries, out):
    """Add bits that are products of controls to a register, with carries of the same length."""
    m = len(controls)
    up = [*carries[1:m], out]
    for j in range(m):
        c("mcx", *controls[j], low[j], up[j])("mcx", *controls[j], low[j])
        c("ccx", low[j], carries[j], up[j])
    c("cx", carries[m - 1], low[m - 1])
    for j in reversed(range(m - 1)):
        c("ccx", low[j], carries[j], up[j])("mcx", *controls[j], low[j])
        c("mcx", *controls[j], low[j], up[j])("mcx", *controls[j], low[j])
        c("cx", carries[j], low[j])


def factors(first, second):
    """The two numbers that `multiplier` multiplies."""
    return 2**first - 1, int("1" + "01" * second, 2) % 2**second | 1


def multiplier(first, second, spread=0):
    """Vedral, Barenco and Ekert's adders, controlled: a, b, the product, and carries."""
    ends = np.cumsum([first, second, first + second, second]).tolist()
    a, b, product, carries = (
        range(ends[0]), range(ends[0], ends[1]), range(ends[1], ends[2]), range(ends[2], ends[3])
    )  # fmt: skip
    c = Program(ends[3])
    x, y = factors(first, second)
    _load(c, a, x)
    _load(c, b, y)
    c.each("h", a[:spread])
    for i in range(first):
        controls = [(a[i], b[j]) for j in range(second)]
        _add_product(c, controls, product[i : i + second], carries, product[i + second])
    return c


def square_root(n, m, number, rounds):
    """Grover's search for the root of a square: x, its square, carries, and an answer."""
    x, square, carries, answer = range(m), range(m, 3 * m), range(3 * m, 4 * m), n - 1
    compute = Program(n)
    for i in range(m):
        controls = [(x[i], x[j]) if i != j else (x[i],) for j in range(m)]
        _add_product(compute, controls, square[i : i + m], carries, square[i + m])
    _load(compute, square, ~number & ((1 << 2 * m) - 1))
    c = Program(n)("x", answer)("h", answer).each("h", x)
    for _ in range(rounds):
        c.extend(compute)
        c("mcx", *square, answer)
        c.extend(compute.inverse())
        _diffusion(c, x)
    return c


def qram(n):
    """A memory of eight bits that is read at all addresses at once; one node for each cell."""
    address, nodes, memory, bus = range(3), range(3, 11), range(11, 19), n - 1
    route = Program(n)("x", nodes[0])
    for k, q in enumerate(address):
        for j in range(2**k):
            route("ccx", q, nodes[j], nodes[j + 2**k])("cx", nodes[j + 2**k], nodes[j])
    c = Program(n).each("h", address).each("x", memory[1::3])
    c.extend(route)
    for node, cell in zip(nodes, memory, strict=True):
        c("ccx", node, cell, bus)
    c.extend(route.inverse())
    return c


def toffoli(n):
    return Program(n)("h", 0)("x", 1).toffoli(0, 1, 2)


def fredkin(n):
    return Program(n)("x", 0)("x", 1)("cx", 2, 1).toffoli(0, 1, 2)("cx", 2, 1)


def iswap(n):
    c = Program(n)("h", 0)("t", 0)
    return c("s", 0)("s", 1)("h", 0)("cx", 0, 1)("cx", 1, 0)("h", 1)


# -- comparing states -----------------------------------------------------------------------


def swap_test(n, prepared):
    """Two registers of which the first few qubits are turned."""
    m = (n - 1) // 2
    c = Program(n)
    for q in range(prepared):
        c("ry", 0.3 + 0.1 * q, 1 + q)("ry", 0.5 + 0.2 * q, 1 + m + q)
    c("h", 0)
    for q in range(1, m + 1):
        c("cswap", 0, q, q + m)
    return c("h", 0)


def knn(n):
    """The distance of two entangled states, by a swap test made of gates on two qubits."""
    m = (n - 1) // 2
    c = Program(n)
    for first, angle in ((1, 0.8), (1 + m, 1.9)):
        c("ry", angle, first)
        for q in range(first, first + m - 1):
            c("cx", q, q + 1)
        c("ry", angle / 3, first + m - 1)
    c("h", 0)
    for q in range(1, m + 1):
        c("cx", q + m, q).toffoli(0, q, q + m)("cx", q + m, q)
    return c("h", 0)


# -- error correction -----------------------------------------------------------------------


def teleportation(n):
    """With the corrections controlled."""
    c = Program(n)("u", 0.3, 0.2, 0.1, 0)("h", 1)("cx", 1, 2)("cx", 0, 1)("h", 0)
    return c("cx", 1, 2)("cz", 0, 2)


def five_qubit_code(n):
    """The encoder of the code on five qubits, from its generators in standard form."""
    c = Program(n)("ry", 0.8, 4)("rz", 0.5, 4)("cz", 4, 0)("cz", 4, 3)
    controlled = {0: "sZIZY", 1: "IxZZX", 2: "ZZxIX", 3: "ZIZsY"}
    for q, letters in controlled.items():
        c("h", q)
        if "s" in letters:
            c("s", q)
        for other, letter in enumerate(letters):
            if letter in "XYZ":
                c("c" + letter.lower(), q, other)
    return c


def error_correction(n):
    """The same code: encoded, an error, and decoded to where the syndrome is seen."""
    c = five_qubit_code(n)
    back = c.inverse()[:-2]
    c("y", 2)
    c.extend(back)
    return c


def syndrome(n):
    """A repetition code of three qubits, its syndrome in two more, and the correction."""
    c = Program(n)("ry", 0.9, 0)("cx", 0, 1)("cx", 0, 2)("x", 1)
    c("cx", 0, 3)("cx", 1, 3)("cx", 1, 4)("cx", 2, 4)
    return c("ccx", 3, 4, 1)("x", 4)("ccx", 3, 4, 0)("x", 4)("x", 3)("ccx", 3, 4, 2)("x", 3)


def _shor_code(c):
    for q in (3, 6):
        c("cx", 0, q)
    for q in (0, 3, 6):
        c("h", q)("cx", q, q + 1)("cx", q, q + 2)
    return c


def seca(n):
    """Shor's code on nine qubits, any error, decoded; then teleported over two more."""
    c = _shor_code(Program(n)("u", 0.7, 0.3, 0.2, 0))
    c("y", 4)
    for q in (0, 3, 6):
        c("cx", q, q + 1)("cx", q, q + 2)("ccx", q + 1, q + 2, q)("h", q)
    c("cx", 0, 3)("cx", 0, 6)("ccx", 3, 6, 0)
    c("h", 9)("cx", 9, 10)("cx", 0, 9)("h", 0)
    return c("cx", 9, 10)("cz", 0, 10)


def qec9xz(n):
    """The eight syndromes of Shor's code, by gates on two qubits each."""
    c = _shor_code(Program(n)("ry", 1.1, 0))
    c("x", 7)("z", 2)
    pairs = [(q, q + 1) for q in (0, 1, 3, 4, 6, 7)]
    for ancilla, pair in zip(range(9, 15), pairs, strict=True):
        for q in pair:
            c("cx", q, ancilla)
    for ancilla, block in ((15, range(6)), (16, range(3, 9))):
        c("h", ancilla)
        for q in block:
            c("cx", ancilla, q)
        c("h", ancilla)
    return c


# -- chemistry, models and learning ---------------------------------------------------------


def quantumwalk(n):
    """A walk on a circle of two places, with a coin."""
    c = Program(n)("h", 0)
    for _ in range(5):
        c("u", pi / 3, pi / 2, -pi / 2, 0)("cx", 0, 1)("x", 0)("cx", 0, 1)("x", 0)("t", 0)
    return c


def qaoa(n):
    """Two layers for a cut of a ring."""
    c = Program(n).each("h", range(n))
    for gamma, beta in ((0.7, 0.4), (0.3, 0.8)):
        for q in range(n):
            c("cx", q, (q + 1) % n)("rz", gamma, (q + 1) % n)("cx", q, (q + 1) % n)
        for q in range(n):
            c("rx", 2 * beta, q)
    return c


def ising(n):
    """Steps of a chain in a transverse field."""
    c = Program(n).each("h", range(n))
    for step in range(1, 6):
        for start in (0, 1):
            for q in range(start, n - 1, 2):
                c("cx", q, q + 1)("rz", 0.1 * step, q + 1)("cx", q, q + 1)
        for q in range(n):
            c("rz", 0.3 + 0.01 * q, q)("rx", 0.5 - 0.05 * step, q)
    return c


def _givens(c, a, b, angle):
    """A rotation of |01> and |10>: of the first, where the parity is odd."""
    c("cx", a, b)("ry", angle / 2, a)("cx", b, a)("ry", -angle / 2, a)
    return c("cx", b, a)("cx", a, b)


def basis_change(n):
    c = Program(n)("x", 0)
    for layer in range(3):
        for q in range(n - 1):
            c("rz", 0.3 * (q + layer), q)
            _givens(c, q, q + 1, 0.4 + 0.2 * layer)
    return c


def basis_trotter(n):
    c = Program(n).each("x", range(n // 2))
    for step in range(6):
        for q in range(n - 1):
            _givens(c, q, q + 1, 0.3 + 0.05 * step)
        for a, b in combinations(range(n), 2):
            c("cp", 0.1 * (a + b + 1), a, b)
    return c


def variational(n):
    c = Program(n)
    for layer in range(2):
        for q in range(n):
            c("ry", 0.4 * (q + 1) + layer, q)
        for q in range(n - 1):
            c("h", q + 1)("cx", q, q + 1)("h", q + 1)
    return c


def _exponential(c, letters, angle):
    """``exp(-1j * angle / 2 * P)`` of a Pauli string."""
    active = [q for q, letter in enumerate(letters) if letter != "I"]
    for q in active:
        if letters[q] == "X":
            c("h", q)
        elif letters[q] == "Y":
            c("rx", pi / 2, q)
    for a, b in pairwise(active):
        c("cx", a, b)
    c("rz", angle, active[-1])
    for a, b in reversed(list(pairwise(active))):
        c("cx", a, b)
    for q in active:
        if letters[q] == "X":
            c("h", q)
        elif letters[q] == "Y":
            c("rx", -pi / 2, q)


_DOUBLES = {"XXXY": 1, "XXYX": 1, "XYXX": -1, "YXXX": -1, "YYYX": -1, "YYXY": -1, "YXYY": 1,
            "XYYY": 1}  # fmt: skip


def vqe_uccsd(n):
    """Unitary coupled clusters of singles and doubles, half filled, Jordan and Wigner's way."""
    filled, empty = range(n // 2), range(n // 2, n)
    c = Program(n).each("x", filled)
    for i in filled:
        for a in empty:
            for first, last, sign in (("X", "Y", 1), ("Y", "X", -1)):
                letters = ["I"] * n
                letters[i], letters[a] = first, last
                letters[i + 1 : a] = "Z" * (a - i - 1)
                _exponential(c, letters, sign * (0.1 + 0.02 * (i + a)))
    for i, j in combinations(filled, 2):
        for a, b in combinations(empty, 2):
            for word, sign in _DOUBLES.items():
                letters = ["I"] * n
                for q, letter in zip((i, j, a, b), word, strict=True):
                    letters[q] = letter
                letters[i + 1 : j] = "Z" * (j - i - 1)
                letters[a + 1 : b] = "Z" * (b - a - 1)
                _exponential(c, letters, sign * 0.05)
    return c


def dnn(n, layers=3):
    """Layers of rotations and a chain of controlled gates."""
    c = Program(n)
    for layer in range(layers):
        for q in range(n):
            c("u", 0.3 + 0.1 * q + layer, 0.2 * q, 0.5, q)
        for q in range(n - 1):
            c("cx", q, q + 1)
        for q in range(n):
            c("rz", 0.1 * (q + layer), q)
    return c


# -- the suite ------------------------------------------------------------------------------

#: Names as QASMBench's, to what makes the program.
SUITE = {
    "deutsch_n2": partial(deutsch, 2),
    "iswap_n2": partial(iswap, 2),
    "quantumwalks_n2": partial(quantumwalk, 2),
    "grover_n2": partial(grover, 2),
    "grover_n3": partial(grover, 3),
    "dnn_n2": partial(dnn, 2),
    "dnn_n8": partial(dnn, 8),
    "dnn_n16": partial(dnn, 16, 2),
    "basis_change_n3": partial(basis_change, 3),
    "fredkin_n3": partial(fredkin, 3),
    "toffoli_n3": partial(toffoli, 3),
    "linearsolver_n3": partial(linearsolver, 3),
    "qaoa_n3": partial(qaoa, 3),
    "qaoa_n6": partial(qaoa, 6),
    "teleportation_n3": partial(teleportation, 3),
    "basis_trotter_n4": partial(basis_trotter, 4),
    "bell_n4": partial(bell, 4),
    "hs4_n4": partial(hs4, 4),
    "inverseqft_n4": partial(inverseqft, 4),
    "qrng_n4": partial(qrng, 4),
    "variational_n4": partial(variational, 4),
    "vqe_n4": partial(vqe_uccsd, 4),
    "vqe_uccsd_n6": partial(vqe_uccsd, 6),
    "vqe_uccsd_n8": partial(vqe_uccsd, 8),
    "error_correctiond3_n5": partial(error_correction, 5),
    "qec_en_n5": partial(five_qubit_code, 5),
    "qec_sm_n5": partial(syndrome, 5),
    "lpn_n5": partial(lpn, 5),
    "pea_n5": partial(phase_estimation, 5, 5 / 16),
    "qpe_n9": partial(phase_estimation, 9, 0.3141),
    "shor_n5": partial(shor, 5),
    "simon_n6": partial(simon, 6),
    "hhl_n7": partial(hhl, 7),
    "hhl_n10": partial(hhl, 10),
    "bb84_n8": partial(bb84, 8),
    "ising_n10": partial(ising, 10),
    "sat_n11": partial(sat, 11),
    "seca_n11": partial(seca, 11),
    "dj_n11": partial(dj, 11),
    "dj_n60": partial(dj, 60),
    "dj_n200": partial(dj, 200),
    "cc_n12": partial(counterfeit, 12),
    "cc_n32": partial(counterfeit, 32),
    "cc_n60": partial(counterfeit, 60),
    "cc_n301": partial(counterfeit, 301),
    "multiply_n13": partial(multiplier, 2, 3),
    "multiplier_n15": partial(multiplier, 3, 3, 1),
    "multiplier_n25": partial(multiplier, 5, 5, 2),
    "multiplier_n45": partial(multiplier, 9, 9, 3),
    "multiplier_n400": partial(multiplier, 80, 80),
    "qf21_n15": partial(qf21, 15),
    "qec9xz_n17": partial(qec9xz, 17),
    "square_root_n18": partial(square_root, 18, 4, 121, 3),
    "square_root_n45": partial(square_root, 45, 11, 1234**2 % 2**22, 1),
    "qram_n20": partial(qram, 20),
    "adder_n4": partial(adder, 4),
    "adder_n10": partial(adder, 10),
    "bigadder_n18": partial(adder, 18, True, 2),
    "adder_n28": partial(adder, 28, True),
    "adder_n60": partial(adder, 60, False, 5),
    "adder_n402": partial(adder, 402, False, 5),
    "bv_n14": partial(bv, 14),
    "bv_n19": partial(bv, 19),
    "bv_n30": partial(bv, 30),
    "bv_n60": partial(bv, 60),
    "bv_n280": partial(bv, 280),
    "cat_state_n4": partial(cat_state, 4),
    "cat_state_n22": partial(cat_state, 22),
    "cat_n35": partial(cat_state, 35),
    "cat_n60": partial(cat_state, 60),
    "cat_n400": partial(cat_state, 400),
    "ghz_state_n23": partial(ghz, 23),
    "ghz_n40": partial(ghz, 40),
    "ghz_n60": partial(ghz, 60),
    "ghz_n400": partial(ghz, 400),
    "wstate_n3": partial(wstate, 3),
    "wstate_n27": partial(wstate, 27),
    "wstate_n36": partial(wstate, 36),
    "wstate_n60": partial(wstate, 60),
    "wstate_n400": partial(wstate, 400),
    "qft_n4": partial(qft, 4),
    "qft_n18": partial(qft, 18),
    "qft_n29": partial(qft, 29),
    "qft_n60": partial(qft, 60),
    "qft_n160": partial(qft, 160),
    "swap_test_n25": partial(swap_test, 25, 4),
    "swap_test_n41": partial(swap_test, 41, 6),
    "swap_test_n115": partial(swap_test, 115, 6),
    "knn_n25": partial(knn, 25),
    "knn_n31": partial(knn, 31),
    "knn_n129": partial(knn, 129),
}

#: Those of which the state has more than 2**22 amplitudes in the standard basis on the way:
#: too many for a simulator that keeps them.
WIDE = {
    "dj_n60", "dj_n200", "cc_n32", "cc_n60", "cc_n301", "bv_n30", "bv_n60", "bv_n280", "qft_n29",
    "qft_n60", "qft_n160",
}  # fmt: skip

#: Those that end with all of many amplitudes, in every basis.
DENSE = {"dnn_n16"}
