"""Benchmarks of qvarray and of the libraries beside it, for asv.

Where a benchmark has the parameter ``subject``, its values are qvarray and the peers that do the
same work. A peer that is not installed is skipped.
"""
