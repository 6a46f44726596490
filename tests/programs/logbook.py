"""Arrays in a logbook.

All the ways in which NumPy writes an array as text: `array_str`, `array_repr`, `format_float`,
options for signs, thresholds and line widths, integers, booleans and complex numbers.
"""

import numpy as np


def logbook(levels, states, phases):
    lines = [
        np.array_str(levels, precision=2),
        np.array_repr(states),
        np.array_repr(levels[:3].astype(np.float32)),
        np.array2string(levels, threshold=5, edgeitems=2),
        np.array2string(phases, precision=3, suppress_small=True),
        np.array2string(states, formatter={"bool": lambda b: "xo"[int(b)]}),
        np.array2string(levels.astype(int), max_line_width=30, sign="+"),
        np.format_float_positional(levels[1], trim="-", precision=4),
        np.format_float_scientific(levels[1], exp_digits=3, precision=2),
        str(levels[:0]),
        str(levels[1]),
        repr(levels[1]),
        repr(states[0]),
        f"{levels.max():>12.4f}|{phases[0]:.2f}|{int(states.sum()):04d}",
        f"{levels[:4]}",
        np.binary_repr(int(levels[1]), width=8),
    ]
    with np.printoptions(threshold=6, linewidth=40, sign=" "):
        lines += [str(levels), str(states.reshape(2, -1)), f"{phases}"]
    return "\n".join(lines)


def inputs(rng):
    levels = np.zeros(20)
    levels[[1, 5, 19]] = 37.125, -1e-7, 2e5
    return levels, rng.random(20) < 0.2, np.array([1j, 0, 0, -1 + 0.5j])
