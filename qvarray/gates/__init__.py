"""Reversible transformations of arrays."""

from .evolution import and_or_operator, apply_evolving_and_or, reverse_evolving_and_or

__all__ = ["and_or_operator", "apply_evolving_and_or", "reverse_evolving_and_or"]
