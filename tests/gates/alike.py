"""What is asked of a state that is no array, against the same array."""

import numpy as np

from qvarray import gates as g


def close(a, b):
    np.testing.assert_allclose(a, b, atol=1e-11)


def assert_alike(x, y, seed):
    """All readouts of a state, whose class makes others by `of`, are those of an array."""
    r = np.random.default_rng(seed)
    n = x.n
    some = r.permutation(n)[: r.integers(1, n + 1)].tolist()
    for function in (g.probabilities, g.density_matrix, g.entropy):
        close(function(x, some), function(y, some))
    close(g.partial_trace(x, some[1:]), g.partial_trace(y, some[1:]))
    terms = [("".join(r.choice(list("IXYZ"), n)), complex(*r.normal(size=2))) for _ in range(3)]
    close(g.expectation(x, terms), g.expectation(y, terms))
    strings = [format(i, f"0{n}b") for i in range(1 << n)]
    whole = g.to_dict(x)
    close([whole.get(bits, 0) for bits in strings], np.asarray(y))
    close(g.amplitudes(x, strings), np.asarray(y))
    close(g.amplitudes(x, strings[-1]), [np.asarray(y)[-1]])
    close([abs(a) for a in g.top(x, 3).values()], [abs(a) for a in g.top(y, 3).values()])
    z = g.x(y, 0)
    for other in (z, type(x).of(z), g.from_dict(g.to_dict(z))):
        close(g.overlap(x, other), g.overlap(y, z))
        close(g.overlap(other, x), g.overlap(z, y))
        close(g.fidelity(other, x), g.fidelity(z, y))
    bits, after = g.measure(x, some, seed)
    close(g.amplitudes(after, strings), np.asarray(g.measure(y, some, outcome=bits)[1]))
    drawn = np.bincount(g.sample(x, 2000, seed, some), minlength=1 << len(some)) / 2000
    np.testing.assert_allclose(drawn, g.probabilities(x, some).ravel(), atol=0.08)
