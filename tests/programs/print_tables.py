"""Arrays as text.

`print`, `np.array2string` and `np.savetxt` with options, as in a notebook or a log file.
"""

import io

import numpy as np


def print_tables(table, flags):
    page = io.StringIO()
    print(table, file=page)
    print("flags:", flags, file=page)
    print(table[1], table[1, 2], file=page)
    print(np.array2string(table, precision=2, suppress_small=True), file=page)
    print(np.array2string(flags, separator=", ", prefix="flags "), file=page)
    with np.printoptions(precision=1, floatmode="fixed"):
        print(table * 2, file=page)
    np.savetxt(page, table, fmt="%.4f", delimiter=";", header="a;b;c;d")
    return page.getvalue()


def inputs(rng):
    table = np.zeros((5, 4))
    table[1] = [1.5, -2.25, 1e-3, 100]
    table[4, 3] = np.pi
    return table, table > 0
