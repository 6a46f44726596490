"""Estimators of scikit-learn, of an array and of the sparse array of SciPy that it converts to."""

import numpy as np
from sklearn import (
    cluster,
    decomposition,
    ensemble,
    feature_selection,
    linear_model,
    metrics,
    model_selection,
    naive_bayes,
    neighbors,
    preprocessing,
    svm,
    tree,
)
from sklearn.feature_extraction import text

import qvarray as qv

__all__ = ["AS_CSR", "DENSE", "DIRECT"]

RNG = np.random.default_rng(0)
DENSE = RNG.random((60, 40)) * (RNG.random((60, 40)) < 0.05)
LABELS = np.arange(60) % 2
TARGETS = np.arange(60.0)

_CLASSIFIERS = {
    "LogisticRegression": linear_model.LogisticRegression(),
    "RidgeClassifier": linear_model.RidgeClassifier(),
    "SGDClassifier": linear_model.SGDClassifier(random_state=0),
    "LinearSVC": svm.LinearSVC(random_state=0),
    "SVC": svm.SVC(),
    "MultinomialNB": naive_bayes.MultinomialNB(),
    "DecisionTreeClassifier": tree.DecisionTreeClassifier(random_state=0),
    "RandomForestClassifier": ensemble.RandomForestClassifier(3, random_state=0),
    "KNeighborsClassifier": neighbors.KNeighborsClassifier(),
}
_REGRESSORS = {
    "Ridge": linear_model.Ridge(),
    "Lasso": linear_model.Lasso(),
    "ElasticNet": linear_model.ElasticNet(),
    "LinearRegression": linear_model.LinearRegression(),
    "SVR": svm.SVR(),
    "KMeans": cluster.KMeans(2, n_init=1, random_state=0),
}
_TRANSFORMERS = {
    "TruncatedSVD": decomposition.TruncatedSVD(3, random_state=0),
    "NMF": decomposition.NMF(2, init="nndsvd", random_state=0, max_iter=20),
    "LatentDirichletAllocation": decomposition.LatentDirichletAllocation(2, random_state=0),
    "MaxAbsScaler": preprocessing.MaxAbsScaler(),
    "StandardScaler(with_mean=False)": preprocessing.StandardScaler(with_mean=False),
    "Normalizer": preprocessing.Normalizer(),
    "Binarizer": preprocessing.Binarizer(),
    "PolynomialFeatures": preprocessing.PolynomialFeatures(2),
    "TfidfTransformer": text.TfidfTransformer(),
    "VarianceThreshold": feature_selection.VarianceThreshold(),
    "SelectKBest": feature_selection.SelectKBest(k=5),
}
_FUNCTIONS = {
    "cosine_similarity": lambda x: metrics.pairwise.cosine_similarity(x),
    "euclidean_distances": lambda x: metrics.pairwise.euclidean_distances(x),
    "linear_kernel": lambda x: metrics.pairwise.linear_kernel(x),
    "train_test_split": lambda x: model_selection.train_test_split(x, random_state=0)[0],
    "cross_val_score": lambda x: model_selection.cross_val_score(linear_model.Ridge(), x, TARGETS),
    "NearestNeighbors": lambda x: neighbors.NearestNeighbors(n_neighbors=3).fit(x).kneighbors(x)[0],
    "normalize": lambda x: preprocessing.normalize(x),
}


def _fitted(estimator, target):
    return lambda x: estimator.fit(x, target).predict(x)


def _transformed(estimator):
    return lambda x: estimator.fit(x, LABELS).transform(x)


_CALLS = {
    **{name: _fitted(each, LABELS) for name, each in _CLASSIFIERS.items()},
    **{name: _fitted(each, TARGETS) for name, each in _REGRESSORS.items()},
    **{name: _transformed(each) for name, each in _TRANSFORMERS.items()},
    **_FUNCTIONS,
}


def _elements(result):
    return result.toarray() if hasattr(result, "toarray") else result


def _of(call, convert):
    return lambda x: _elements(call(convert(x)))


DIRECT = {name: _of(call, lambda x: x) for name, call in _CALLS.items()}
AS_CSR = {name: _of(call, qv.to_scipy) for name, call in _CALLS.items()}
