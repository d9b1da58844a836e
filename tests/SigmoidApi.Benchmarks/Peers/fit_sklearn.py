"""scikit-learn's LogisticRegression on the arrays that the comparison wrote: DIR ROWS COLUMNS [sparse | text N,N,... | gaps | CLASSES].

A JSON line for each solver and tolerance, with the median of three fits. For text it is an l1 penalty at the values of c that are N times the least useful
one, each fitted on its own; the line then has the largest relative duality gap, otherwise the objective.
"""
import json
import os
import statistics
import sys
import time
import warnings

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
directory, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
text = "text" in sys.argv[4:]
sparse = text or "sparse" in sys.argv[4:]
classes = 2 if sparse or len(sys.argv) == 4 or "gaps" in sys.argv[4:] else int(sys.argv[4])


def read(name, dtype):
    return np.fromfile(os.path.join(directory, name), dtype=dtype)


labels = read("y.f64", np.float64)
if sparse:
    features = scipy.sparse.csr_matrix((read("data.f64", np.float64), read("indices.i32", np.int32), read("indptr.i64", np.int64)), shape=(rows, columns))
    solvers = [("liblinear", 1e-4), ("lbfgs", 1e-6), ("newton-cg", 1e-6)]
elif "gaps" in sys.argv[4:]:
    features = read("X.f64", np.float64).reshape(rows, columns)
    solvers = [("lbfgs", 10.0 ** -k) for k in range(0, 9)] + [("newton-cholesky", 10.0 ** -k) for k in range(1, 9, 2)]
else:
    features = read("X.f64", np.float64).reshape(rows, columns)
if classes > 2:
    solvers = [("lbfgs", 10.0 ** -k) for k in range(2, 10, 2)] + [("newton-cg", 10.0 ** -k) for k in range(2, 8, 2)]



def relative_gap(weights, c):
    """The relative duality gap of Koh, Kim and Boyd (2007), as the benchmark computes it for our fits."""
    margins = features @ weights
    residuals = labels - 1 / (1 + np.exp(-margins))
    scale = min(1, 1 / (c * np.abs(features.T @ residuals).max()))
    q = np.clip(scale * np.abs(residuals), 1e-300, 1 - 1e-16)
    primal = np.sum(np.logaddexp(0, margins) - labels * margins) + np.abs(weights).sum() / c
    return float((primal + np.sum(q * np.log(q) + (1 - q) * np.log1p(-q))) / primal)


if text:
    least = 1 / np.abs(features.T @ (labels - 0.5)).max()
    grid = [least * float(share) for share in sys.argv[5].split(",")]
    for tolerance in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]:
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            fits = [LogisticRegression(penalty="l1", C=c, solver="liblinear", tol=tolerance, max_iter=10_000, fit_intercept=False).fit(features, labels) for c in grid]
            seconds.append(time.perf_counter() - start)
        gap = max(relative_gap(model.coef_[0], c) for model, c in zip(fits, grid))
        print(json.dumps({"peer": "scikit-learn", "solver": f"liblinear, tol {tolerance:g}", "seconds": statistics.median(seconds), "gap": gap}), flush=True)
    sys.exit()

for solver, tolerance in solvers:
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        model = LogisticRegression(C=1.0, solver=solver, tol=tolerance, max_iter=1000 if classes == 2 else 20_000, fit_intercept=not sparse).fit(features, labels)
        seconds.append(time.perf_counter() - start)
    if classes > 2:
        margins = features @ model.coef_.T + model.intercept_
        largest = margins.max(axis=1)
        losses = largest + np.log(np.exp(margins - largest[:, None]).sum(axis=1)) - margins[np.arange(rows), labels.astype(int)]
        objective = float(losses.sum() + np.sum(model.coef_ ** 2) / 2)
    else:
        margins = features @ model.coef_[0] + np.ravel(model.intercept_)[0]
        objective = float(np.sum(np.logaddexp(0, margins) - labels * margins) + model.coef_[0] @ model.coef_[0] / 2)
    print(json.dumps({"peer": "scikit-learn", "solver": f"{solver}, tol {tolerance:g}", "seconds": statistics.median(seconds), "objective": objective}), flush=True)
