"""Principal component analysis.

The directions of most variance, by the eigenvectors of the covariance matrix and by the singular
values of the centred data (Pearson 1901, Hotelling 1933).
"""

import numpy as np

ROUNDING = 16


def principal_components(data, count=2):
    centred = data - data.mean(axis=0)
    covariance = centred.T @ centred / (len(data) - 1)
    variances, directions = np.linalg.eigh(covariance)
    order = np.argsort(variances)[::-1]
    variances, directions = variances[order], directions[:, order]
    # An eigenvector's sign is arbitrary: its largest element is made positive.
    largest = np.argmax(np.abs(directions), axis=0)
    directions *= np.sign(directions[largest, np.arange(directions.shape[1])])
    singular = np.linalg.svd(centred, compute_uv=False)
    assert np.allclose(singular**2 / (len(data) - 1), variances)
    return variances / variances.sum(), centred @ directions[:, :count]


def inputs(rng):
    data = rng.standard_normal((40, 5)) * [5, 3, 2, 1, 0.5]
    return (data,)
