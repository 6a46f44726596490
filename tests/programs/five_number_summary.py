"""Five-number summary and outliers.

Minimum, quartiles and maximum of each column, and what lies outside the fences (Tukey,
*Exploratory Data Analysis*, 1977). Outliers are replaced by the fences in place.
"""

import numpy as np


def five_number_summary(table):
    summary = np.quantile(table, [0, 0.25, 0.5, 0.75, 1], axis=0)
    reach = 1.5 * (summary[3] - summary[1])
    low, high = summary[1] - reach, summary[3] + reach
    outliers = np.argwhere((table < low) | (table > high))
    np.clip(table, low, high, out=table)
    return summary, outliers


def inputs(rng):
    table = np.full((30, 4), 7.0)
    table[::2] += rng.standard_normal((15, 4))
    table[4, 1], table[9, 3] = 99.0, -99.0
    return (table,)
