"""Sieve of Eratosthenes.

Multiples of each prime are struck out by one strided assignment, in place. Returns the primes and
the twins among them.
"""

import math

import numpy as np


def sieve(is_prime):
    n = len(is_prime)
    is_prime[:2] = False
    is_prime[4::2] = False
    for i in range(3, math.isqrt(n) + 1, 2):
        if is_prime[i]:
            is_prime[i * i :: 2 * i] = False
    (primes,) = np.nonzero(is_prime)
    twins = primes[:-1][np.diff(primes) == 2]
    return primes, twins, is_prime.sum()


def inputs(rng):
    return (np.ones(1000, bool),)
