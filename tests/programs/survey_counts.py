"""Tables of a survey.

Distinct answers and how often they come, per question and for whole forms (`np.unique` with
counts, along an axis), the most common, and the entropy of Shannon (1948).
"""

import numpy as np

ROUNDING = 4


def survey_counts(forms):
    answers, counts = np.unique(forms, return_counts=True)
    share = counts / counts.sum()
    entropy = -(share * np.log2(share)).sum()
    kinds, first, often = np.unique(forms, axis=0, return_index=True, return_counts=True)
    common = kinds[often.argmax()]
    per_question = np.stack([(forms == answer).sum(axis=0) for answer in answers], axis=1)
    pairs = dict(zip(answers.tolist(), counts.tolist(), strict=True))
    return pairs, entropy, kinds, first, common, per_question


def inputs(rng):
    forms = rng.integers(1, 4, (40, 3))
    forms[rng.random((40, 3)) < 0.5] = 0
    return (forms,)
