"""Programs in OpenQASM 2, of any number of qubits, of the kinds that benchmarks have."""

import numpy as np


def _program(n, lines):
    head = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{n}];"]
    return "\n".join([*head, *(line + ";" for line in lines)])


def _gate(name, *qubits):
    return f"{name} " + ",".join(f"q[{q}]" for q in qubits)


def cat(n):
    return _program(n, [_gate("h", 0), *(_gate("cx", q, q + 1) for q in range(n - 1))])


def bernstein_vazirani(n):
    rest = range(n - 1)
    lines = [_gate("x", n - 1), *(_gate("h", q) for q in range(n))]
    lines += [_gate("cx", q, n - 1) for q in rest if q % 3]
    return _program(n, lines + [_gate("h", q) for q in rest])


def counterfeit_coin(n):
    lines = [_gate("h", q) for q in range(n - 1)]
    return _program(n, lines + [_gate("cx", q, n - 1) for q in range(n - 1)])


def w_state(n):
    lines = [_gate("x", n - 1)]
    for q in range(n - 1, 0, -1):
        angle = np.arccos(np.sqrt(1 / (q + 1)))
        lines += [_gate(f"ry({-angle})", q - 1), _gate("cz", q, q - 1)]
        lines += [_gate(f"ry({angle})", q - 1), _gate("cx", q - 1, q)]
    return _program(n, lines)


def adder(n):
    m = (n - 2) // 2
    a, b = range(1, m + 1), range(m + 1, 2 * m + 1)
    carries = [0, *a]
    lines = [_gate("x", q) for q in (*a[::2], *b)] + [_gate("h", b[0])]
    for i in range(m):
        lines += [_gate("cx", a[i], b[i]), _gate("cx", a[i], carries[i])]
        lines += [_gate("ccx", carries[i], b[i], a[i])]
    lines += [_gate("cx", a[-1], 2 * m + 1)]
    for i in reversed(range(m)):
        lines += [_gate("ccx", carries[i], b[i], a[i]), _gate("cx", a[i], carries[i])]
        lines += [_gate("cx", carries[i], b[i])]
    return _program(n, lines)


def fourier(n):
    lines = [_gate("x", q) for q in range(0, n, 2)]
    for a in range(n):
        lines += [_gate("h", a)]
        lines += [_gate(f"cu1({np.pi / 2 ** (b - a)})", b, a) for b in range(a + 1, n)]
    return _program(n, lines)


def swap_test(n):
    m = (n - 1) // 2
    lines = [_gate(f"ry({0.2 * (q + 1)})", q) for q in range(1, min(n, 7))] + [_gate("h", 0)]
    lines += [_gate("cswap", 0, q, q + m) for q in range(1, m + 1)]
    return _program(n, [*lines, _gate("h", 0)])


def toffoli_ladder(n):
    lines = [_gate("h", 0), _gate("h", 1), _gate("t", 0)]
    for q in range(n - 2):
        lines += [_gate("ccx", q, q + 1, q + 2), _gate("u3(0.0,0.0,0.3)", q + 2)]
        lines += [_gate("cx", q, q + 2)]
    return _program(n, lines)


def phase_kickback(n):
    lines = [_gate("x", n - 1)]
    for q in range(n - 1):
        lines += [_gate("h", q), _gate(f"cu1({0.7 * 2**q})", q, n - 1)]
    return _program(n, lines)


ALL = {
    one.__name__: one
    for one in (
        cat, bernstein_vazirani, counterfeit_coin, w_state, adder, fourier, swap_test,
        toffoli_ladder, phase_kickback,
    )
}  # fmt: skip
