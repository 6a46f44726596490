"""Encode samples as few eigenvalues in a basis, in memory or out of core."""
