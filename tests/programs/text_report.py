"""A report in plain text.

Elements and statistics of an array in f-strings, `str.format` and `%`, as people print results.
"""

import numpy as np


def text_report(x):
    lines = [
        f"{len(x)} values of {x.dtype}, shape {x.shape}",
        f"first {x[0]:.3f}, last {x[-1]:+.2e}",
        "third {:>10.3f}|".format(x[2]),  # noqa: UP032
        "fourth %8.2f" % x[3],  # noqa: UP031
        f"range {x.min():g} .. {x.max():g}, {np.count_nonzero(x):d} not 0",
        f"sum {float(x.sum()):.6f}, mean {x.mean().item():.6f}",
        f"sorted {sorted(x.tolist())[-3:]}",
        f"one element: {x[:1]!s}, as a number: {x[:1].item()}",
    ]
    for name, value in zip("abc", x, strict=False):
        lines.append(f"{name:<4}{value:8.3f}")
    return "\n".join(lines)


def inputs(rng):
    x = np.zeros(50)
    x[[0, 2, 3, 49]] = 3.14159265, -2.5, 1e3, 6.02e-5
    return (x,)
