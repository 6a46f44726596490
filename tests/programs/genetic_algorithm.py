"""A genetic algorithm.

Bit strings are selected, crossed and mutated with given random numbers (Holland 1975), the best
one is kept; the population is overwritten.
"""

import numpy as np


def genetic_algorithm(population, target, draws):
    size, length = population.shape
    history = []
    for cut, mutation in draws:
        fitness = (population == target).sum(axis=1)
        history.append(int(fitness.max()))
        order = np.argsort(-fitness, kind="stable")
        best = population[order[0]].copy()
        parents = population[order[: size // 2]]
        mates = np.roll(parents, 1, axis=0)
        inherits = np.arange(length) < int(cut * length)
        population[: size // 2] = np.where(inherits, parents, mates)
        population[size // 2 :] = np.where(inherits, mates, parents)
        flips = (np.arange(population.size) * 7 + int(mutation * 1000)) % 41 == 0
        population ^= flips.reshape(population.shape)
        population[-1] = best
    return history, best, population.mean(axis=0)


def inputs(rng):
    population = np.zeros((12, 24), bool)
    population[rng.random((12, 24)) < 0.3] = True
    return population, rng.random(24) < 0.5, rng.random((15, 2))
