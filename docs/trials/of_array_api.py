"""What scikit-learn computes in the namespace of an array, where its dispatch is on.

The metrics are those that its own tests list. SciPy looks for ``SCIPY_ARRAY_API`` when it is
imported, so the environment says it.
"""

import functools

import numpy as np
import sklearn
from sklearn import (
    calibration,
    decomposition,
    discriminant_analysis,
    kernel_approximation,
    linear_model,
    mixture,
    model_selection,
    naive_bayes,
    pipeline,
    preprocessing,
)
from sklearn.metrics.cluster.tests import test_common as tests_of_clusters
from sklearn.metrics.tests import test_common as tests_of_metrics
from sklearn.utils import extmath

from . import Of

__all__ = ["CALLS", "DENSE", "MIXED"]

RNG = np.random.default_rng(0)
#: Features are multiples of 1/16, whose sums have no rounding; two columns of labels come first.
DENSE = np.round(16 * RNG.random((512, 24))) / 16 * (RNG.random((512, 24)) < 0.1)
DENSE[:, :2] = RNG.random((512, 2)) < 0.1
#: Bytes of a column; metrics take two.
COLUMN = DENSE[:, 0].nbytes


def _labels(x, column=0):
    return x[:, column].astype(int)


def _targets(x):
    return x[:, 2] + 2 * x[:, 3]


#: What the tests of metrics are called by the kind of what these take, and that of `x`.
_OPERANDS = {
    "binary_classification_metric": lambda x: (_labels(x), _labels(x, 1)),
    "binary_continuous_classification_metric": lambda x: (_labels(x), x[:, 2]),
    "regression_metric": lambda x: (x[:, 2] + 1, x[:, 3] + 1),
    "metric_pairwise": lambda x: (x[:, 2:], x[::-1, 2:]),
    "unsupervised_metric": lambda x: (x[:, 2:], _labels(x)),
}
_KEYWORDS = {"fbeta_score": {"beta": 0.5}}


def _metrics():
    """Return each metric that scikit-learn tests with any namespace, and the operands of `x`."""
    for tests in (tests_of_metrics, tests_of_clusters):
        for metric, checks in tests.array_api_metric_checkers.items():
            kind = checks[0].__name__.removeprefix("check_array_api_")
            given = getattr(metric, "keywords", {})
            name = getattr(metric, "func", metric).__name__
            more = "".join(f", {key}={value}" for key, value in given.items())
            call = functools.partial(metric, **_KEYWORDS.get(name, {}))
            yield name + more, call, kind


def _dispatched(call):
    def run(x):
        with sklearn.config_context(array_api_dispatch=True):
            return call(x)

    return run


def _of_columns(kind, call):
    """Tell that a metric takes columns alone, of those that do."""
    return call if kind in ("metric_pairwise", "unsupervised_metric") else Of(2 * COLUMN, call)


def _metric(metric, kind):
    return _of_columns(kind, _dispatched(lambda x: metric(*_OPERANDS[kind](x))))


def _mixed(metric, kind):
    """Call a metric with an ndarray of what is true, and an array of what is predicted."""
    true = _OPERANDS[kind](DENSE)[0]
    return _of_columns(kind, _dispatched(lambda x: metric(true, _OPERANDS[kind](x)[1])))


def _fitted(estimator):
    return lambda x: estimator.fit(x[:, 2:], _targets(x)).predict(x[:, 2:])


def _classified(estimator):
    return lambda x: estimator.fit(x[:, 2:], _labels(x)).predict(x[:, 2:])


def _transformed(estimator):
    return lambda x: estimator.fit(x[:, 2:]).transform(x[:, 2:])


_RIDGE = linear_model.Ridge(solver="svd")
_SCALER = preprocessing.StandardScaler
_PCA = decomposition.PCA
_CLASSIFIERS = {
    "CalibratedClassifierCV": calibration.CalibratedClassifierCV(
        discriminant_analysis.LinearDiscriminantAnalysis(), method="temperature"
    ),
    "GaussianNB": naive_bayes.GaussianNB(),
    "LinearDiscriminantAnalysis": discriminant_analysis.LinearDiscriminantAnalysis(),
    "LogisticRegression": linear_model.LogisticRegression(),
    "Pipeline": pipeline.make_pipeline(_SCALER(), naive_bayes.GaussianNB()),
    "RidgeClassifier": linear_model.RidgeClassifier(solver="svd"),
    "RidgeClassifierCV": linear_model.RidgeClassifierCV(),
}
_REGRESSORS = {
    "GridSearchCV": model_selection.GridSearchCV(_RIDGE, {"alpha": [0.1, 10.0]}),
    "PoissonRegressor": linear_model.PoissonRegressor(),
    "RandomizedSearchCV": model_selection.RandomizedSearchCV(
        _RIDGE, {"alpha": [0.1, 1.0, 10.0]}, n_iter=2, random_state=0
    ),
    "Ridge": _RIDGE,
    "RidgeCV": linear_model.RidgeCV(),
    "RidgeCV(gcv_mode='svd')": linear_model.RidgeCV(gcv_mode="svd"),
}
_TRANSFORMERS = {
    "Binarizer": preprocessing.Binarizer(threshold=0.5),
    "FeatureUnion": pipeline.make_union(_SCALER(), preprocessing.MinMaxScaler()),
    "MaxAbsScaler": preprocessing.MaxAbsScaler(),
    "MinMaxScaler": preprocessing.MinMaxScaler(),
    "Normalizer": preprocessing.Normalizer(),
    "Nystroem": kernel_approximation.Nystroem(n_components=8, random_state=0),
    "PCA": _PCA(2, svd_solver="full"),
    "PCA(svd_solver='covariance_eigh')": _PCA(2, svd_solver="covariance_eigh"),
    "PCA(svd_solver='randomized')": _PCA(
        2, svd_solver="randomized", power_iteration_normalizer="QR", random_state=0
    ),
    "PolynomialFeatures": preprocessing.PolynomialFeatures(2),
    "StandardScaler": _SCALER(),
}
_OTHERS = {
    "GaussianMixture": lambda x: (
        mixture.GaussianMixture(2, covariance_type="diag", init_params="random", random_state=0)
        .fit(x[:, 2:])
        .score_samples(x[:, 2:])
    ),
    "KernelCenterer": lambda x: preprocessing.KernelCenterer().fit_transform(x[:, 2:] @ x[:, 2:].T),
    "LabelBinarizer": Of(
        COLUMN, lambda x: preprocessing.LabelBinarizer().fit_transform(_labels(x))
    ),
    "LabelEncoder": Of(COLUMN, lambda x: preprocessing.LabelEncoder().fit_transform(_labels(x))),
    "binarize": lambda x: preprocessing.binarize(x, threshold=0.5),
    "cross_val_predict": lambda x: model_selection.cross_val_predict(_RIDGE, x, _targets(x)),
    "label_binarize": Of(
        COLUMN, lambda x: preprocessing.label_binarize(_labels(x), classes=[0, 1, 2])
    ),
    "normalize": lambda x: preprocessing.normalize(x),
    "randomized_svd": lambda x: extmath.randomized_svd(
        x, 2, power_iteration_normalizer="QR", random_state=0
    )[1],
    "train_test_split": lambda x: model_selection.train_test_split(x, random_state=0)[0],
}

CALLS = {
    **{name: _dispatched(_classified(each)) for name, each in _CLASSIFIERS.items()},
    **{name: _dispatched(_fitted(each)) for name, each in _REGRESSORS.items()},
    **{name: _dispatched(_transformed(each)) for name, each in _TRANSFORMERS.items()},
    **{name: _dispatched(call) for name, call in _OTHERS.items()},
    **{name: _metric(call, kind) for name, call, kind in _metrics()},
}
#: Of those metrics that take arrays of several namespaces at once.
MIXED = {
    name: _mixed(call, kind)
    for name, call, kind in _metrics()
    if name in tests_of_metrics.METRICS_SUPPORTING_MIXED_NAMESPACE
}
