"""Libraries that compute with whatever namespace an array has.

SciPy looks once, when it is imported, whether it may; so the tests of it and of scikit-learn run in
a process of their own, which `test_in_a_process_that_allows_it` starts.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
import scipy

import qvarray as qv

ALLOWED = os.environ.get("SCIPY_ARRAY_API") == "1"
inside = pytest.mark.skipif(not ALLOWED, reason="runs in a process with SCIPY_ARRAY_API=1")

RNG = np.random.default_rng(0)
X = np.where(RNG.random((30, 4)) < 0.7, RNG.random((30, 4)), 0.25)
WEIGHTED = X @ np.array([1.0, 2.0, 3.0, 4.0])
LABELS = (X[:, 0] > 0.3).astype(np.int64)
GUESSED = (X[:, 1] > 0.3).astype(np.int64)


def compare(expected, got):
    """The same numbers; an array of ours for an array."""
    if isinstance(expected, (tuple, list)):
        assert len(expected) == len(got)
        for one, other in zip(expected, got, strict=True):
            compare(one, other)
        return
    if isinstance(expected, np.ndarray):
        assert type(got) is qv.VirtualQArray
        assert got.dtype == expected.dtype
        assert got.shape == expected.shape
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-11, atol=1e-13)


def test_array_api_compat():
    compat = pytest.importorskip("array_api_compat")
    x = qv.asarray(X)
    assert compat.array_namespace(x) is qv
    assert compat.array_namespace(x, qv.sum(x), 1.0, None) is qv
    assert compat.is_array_api_obj(x)
    assert compat.device(x) == "cpu"
    assert compat.size(x) == X.size
    assert compat.to_device(x, "cpu") is x
    assert not compat.is_numpy_array(x)
    with pytest.raises(TypeError):
        compat.array_namespace(x, X)


def test_generic_code():
    def softmax(x):
        xp = x.__array_namespace__(api_version="2023.12")
        powers = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
        return powers / xp.sum(powers, axis=-1, keepdims=True)

    compare(softmax(X), softmax(qv.asarray(X)))
    huge = softmax(qv.zeros((2**20, 2**30)))
    assert huge.nbytes < 1000
    assert huge[5, 2**29] == 2.0**-30


SPECIAL = {
    "erf": lambda f, x: f(x),
    "gammaln": lambda f, x: f(x + 1),
    "logit": lambda f, x: f(x / 2 + 0.1),
    "logsumexp": lambda f, x: f(x, axis=1),
    "log_softmax": lambda f, x: f(x, axis=0),
    "softmax": lambda f, x: f(x, axis=1),
    "xlogy": lambda f, x: f(x, x),
}
STATS = {
    "describe": lambda f, x: f(x)[2:],
    "entropy": lambda f, x: f(x + 1),
    "gmean": lambda f, x: f(x + 1, axis=0),
    "hmean": lambda f, x: f(x + 1, axis=1),
    "kurtosis": lambda f, x: f(x),
    "kurtosistest": lambda f, x: tuple(f(x)),
    "moment": lambda f, x: f(x, order=3),
    "normaltest": lambda f, x: tuple(f(x)),
    "rankdata": lambda f, x: f(x, axis=0),
    "sem": lambda f, x: f(x),
    "skew": lambda f, x: f(x, axis=1),
    "tstd": lambda f, x: f(x),
    "ttest_1samp": lambda f, x: tuple(f(x, 0.5)),
    "zscore": lambda f, x: f(x),
}
OTHERS = {
    "cluster.vq.vq": lambda f, x: f(x, x[:3, :]),
    "cluster.vq.whiten": lambda f, x: f(x),
    "constants.convert_temperature": lambda f, x: f(x, "C", "K"),
    "fft.dct": lambda f, x: f(x),
    "fft.fft": lambda f, x: f(x, axis=0),
    "fft.irfftn": lambda f, x: f(x),
    "integrate.cumulative_trapezoid": lambda f, x: f(x),
    "integrate.trapezoid": lambda f, x: f(x),
    "ndimage.gaussian_filter": lambda f, x: f(x, 1),
    "optimize.rosen": lambda f, x: f(x),
    "signal.detrend": lambda f, x: f(x),
    "signal.hilbert": lambda f, x: f(x),
}
SCIPY = {f"special.{name}": call for name, call in SPECIAL.items()}
SCIPY |= {f"stats.{name}": call for name, call in STATS.items()}
SCIPY |= OTHERS


def found(package, path):
    *modules, name = path.split(".")
    return getattr(pytest.importorskip(".".join([package, *modules])), name)


@inside
@pytest.mark.parametrize("path", SCIPY)
def test_scipy(path):
    function = found("scipy", path)
    got = SCIPY[path](function, qv.asarray(X))
    if type(got) is np.ndarray and np.lib.NumpyVersion(scipy.__version__) < "1.16.0":
        pytest.skip("SciPy's function takes no arrays of the standard yet")
    compare(SCIPY[path](function, X), got)


def transformed(estimator, x):
    return estimator.fit(x).transform(x)


def predicted(estimator, x, y):
    return estimator.fit(x, y).predict(x)


SKLEARN = {
    "decomposition.PCA": lambda f, x, w, y, z: transformed(f(2, svd_solver="full"), x),
    "discriminant_analysis.LinearDiscriminantAnalysis": lambda f, x, w, y, z: predicted(f(), x, y),
    "kernel_approximation.Nystroem": lambda f, x, w, y, z: f(
        n_components=5, random_state=0
    ).fit_transform(x),
    "linear_model.Ridge": lambda f, x, w, y, z: predicted(f(solver="svd"), x, w),
    "linear_model.RidgeCV": lambda f, x, w, y, z: predicted(f(), x, w),
    "metrics.accuracy_score": lambda f, x, w, y, z: f(y, z),
    "metrics.confusion_matrix": lambda f, x, w, y, z: f(y, z),
    "metrics.f1_score": lambda f, x, w, y, z: f(y, z),
    "metrics.log_loss": lambda f, x, w, y, z: f(y, z * 0.8 + 0.1),
    "metrics.max_error": lambda f, x, w, y, z: f(w, w * 1.1),
    "metrics.mean_absolute_error": lambda f, x, w, y, z: f(w, w * 1.1),
    "metrics.mean_squared_error": lambda f, x, w, y, z: f(w, w * 1.1),
    "metrics.r2_score": lambda f, x, w, y, z: f(w, w * 1.1),
    "metrics.roc_auc_score": lambda f, x, w, y, z: f(y, w),
    "metrics.pairwise.cosine_similarity": lambda f, x, w, y, z: f(x),
    "metrics.pairwise.rbf_kernel": lambda f, x, w, y, z: f(x, x * 0.5),
    "model_selection.train_test_split": lambda f, x, w, y, z: f(x, y, random_state=0),
    "naive_bayes.GaussianNB": lambda f, x, w, y, z: predicted(f(), x, y),
    "preprocessing.Binarizer": lambda f, x, w, y, z: transformed(f(threshold=0.5), x),
    "preprocessing.LabelBinarizer": lambda f, x, w, y, z: transformed(f(), y),
    "preprocessing.MaxAbsScaler": lambda f, x, w, y, z: transformed(f(), x),
    "preprocessing.MinMaxScaler": lambda f, x, w, y, z: transformed(f(), x),
    "preprocessing.Normalizer": lambda f, x, w, y, z: transformed(f(), x),
    "preprocessing.PolynomialFeatures": lambda f, x, w, y, z: transformed(f(), x),
    "preprocessing.StandardScaler": lambda f, x, w, y, z: transformed(f(), x),
}


@inside
@pytest.mark.parametrize("path", SKLEARN)
def test_sklearn(path):
    sklearn = pytest.importorskip("sklearn")
    function = found("sklearn", path)
    numbers = (X, WEIGHTED, LABELS, GUESSED)
    expected = SKLEARN[path](function, *numbers)
    with sklearn.config_context(array_api_dispatch=True):
        got = SKLEARN[path](function, *map(qv.asarray, numbers))
    compare(expected, got)


@pytest.mark.skipif(ALLOWED, reason="this is that process")
def test_in_a_process_that_allows_it():
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", __file__],
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:]
