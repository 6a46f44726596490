"""The constants of the array API standard: e, inf, nan, newaxis and pi."""

from __future__ import annotations

from numpy import e, inf, nan, newaxis, pi

__all__ = ["e", "inf", "nan", "newaxis", "pi"]
