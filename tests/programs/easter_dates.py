"""Easter Sundays and weekdays.

The anonymous Gregorian algorithm (*Nature*, 1876) and Zeller's congruence (1882): whole numbers,
`divmod` and remainders, also of negative numbers.
"""

import numpy as np


def easter_dates(years):
    a = years % 19
    b, c = divmod(years, 100)
    d, e = np.divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = np.divmod(h + ell - 7 * m + 114, 31)
    day += 1
    century, year = b, c
    weekday = (day + 13 * (month + 1) // 5 + year + year // 4 + century // 4 - 2 * century) % 7
    assert (weekday == 1).all()
    negative = np.floor_divide(-years, 7) * 7 + np.remainder(-years, 7)
    assert (negative == -years).all()
    return month, day, np.fmod(-years, 19), np.gcd(years, 60), np.lcm(day, 7)


def inputs(rng):
    years = np.full(40, 2000)
    years[::2] = rng.integers(1600, 2400, 20)
    return (years,)
