"""Arithmetic of polynomials.

Sums, products, quotients, derivatives and integrals of coefficients, roots by the companion
matrix, and Sturm's chain (1829) for the number of real ones.
"""

import numpy as np

ROUNDING = 16


def polynomial_algebra(p, q):
    total, gap, product = np.polyadd(p, q), np.polysub(p, q), np.polymul(p, q)
    quotient, rest = np.polydiv(product + 0.0, p)
    roots = np.roots(p)
    again = np.poly(roots) * p[0]
    assert np.allclose(again, p)
    area = np.polyint(p, k=1.0)
    assert np.allclose(np.polyder(area), p)
    chain = [p + 0.0, np.polyder(p) + 0.0]
    while len(chain[-1]) > 1:
        chain.append(-np.polydiv(chain[-2], chain[-1])[1])
    ends = [[np.sign(np.polyval(s, x)) for s in chain] for x in (-100.0, 100.0)]
    changes = [int(np.count_nonzero(np.diff(e))) for e in ends]
    real = sorted(round(float(r.real), 9) for r in roots if abs(r.imag) < 1e-9)
    return total, gap, product, quotient, np.allclose(rest, 0), area, changes, real


def inputs(rng):
    return np.array([1, 0, -7, 6, 0, 2]), np.array([2, 0, -1])
