"""Figures as people read them: with a unit, never rounded to nothing."""

from __future__ import annotations

_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB")


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.3g}"


def seconds(value: float) -> str:
    """Return a time in the unit that suits it, three significant digits.

    Examples
    --------
    >>> seconds(7.456e-6), seconds(0.25), seconds(3e-12)
    ('7.46 µs', '250 ms', '0.003 ns')
    """
    scale, unit = next((u for u in _TIMES if value >= 0.9995 * u[0]), _TIMES[-1])
    return f"{_three_digits(value / scale)} {unit}"


def duration(value: float) -> str:
    """Return a long time as people say it, two significant digits or all of a whole number.

    Examples
    --------
    >>> duration(0.25), duration(95), duration(7190), duration(3e20)
    ('0.25 seconds', '95 seconds', '120 minutes', '9.5e+12 years')
    """
    lengths = ((31557600.0, "years"), (86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"))
    length, unit = next((u for u in lengths if value >= 2 * u[0]), (1.0, "seconds"))
    count = value / length
    return f"{count:.0f} {unit}" if 100 <= count < 1e6 else f"{count:.2g} {unit}"


def memory(n: int) -> str:
    """Return a number of bytes: exact below 10 KiB, else three significant digits.

    Examples
    --------
    >>> memory(400), memory(2**20), memory(2**44)
    ('400 B', '1 MiB', '16 TiB')
    """
    return f"{n} B" if n < 10240 else binary(n)


def binary(n: float) -> str:
    """Return a number of bytes, three significant digits.

    Examples
    --------
    >>> binary(8192), binary(400)
    ('8 KiB', '400 B')
    """
    value, unit = float(n), 0
    while value >= 1023.5 and unit + 1 < len(_SIZES):
        value, unit = value / 1024, unit + 1
    return f"{_three_digits(value)} {_SIZES[unit]}"


def power(n: int) -> str:
    """Return a size as a power of two, where it is one.

    Examples
    --------
    >>> power(2**20), power(1000)
    ('2^20', '1000')
    """
    return f"2^{n.bit_length() - 1}" if n & (n - 1) == 0 else str(n)


def count(n: int) -> str:
    """Return a size, with the power of two that it is.

    Examples
    --------
    >>> count(131072), count(1000)
    ('131072 = 2^17', '1000')
    """
    return f"{n} = {power(n)}" if n & (n - 1) == 0 and n < 2**21 else power(n)


def factor(value: float) -> str:
    """Tell how many times smaller or faster: three significant digits.

    Examples
    --------
    >>> factor(2621.44), factor(0.0687), factor(1.8e10)
    ('2621', '0.0687', '1.8e+10')
    """
    return f"{value:.2g}" if value >= 1e6 else _three_digits(value)


def error(value: float) -> str:
    """Return a recovery error: ``0`` only where it is exactly 0.

    Examples
    --------
    >>> error(0.0), error(0.99992), error(2.752), error(2.41e-17)
    ('0', '0.99992', '2.75', '2.4e-17')
    """
    if value == 0.0:
        return "0"
    # A projection's is close to 1 and never reaches it.
    digits = 6 if 0.999 < value < 1.0 else 3 if value >= 1e-3 else 2
    return f"{value:.{digits}g}"
