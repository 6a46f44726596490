"""Averages, covariances and correlations."""
