"""scikit-learn's LogisticRegression on the arrays that the comparison wrote: DIR ROWS COLUMNS [sparse]. A JSON line for each solver, with the median of three fits."""
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
sparse = "sparse" in sys.argv[4:]


def read(name, dtype):
    return np.fromfile(os.path.join(directory, name), dtype=dtype)


labels = read("y.f64", np.float64)
if sparse:
    features = scipy.sparse.csr_matrix((read("data.f64", np.float64), read("indices.i32", np.int32), read("indptr.i64", np.int64)), shape=(rows, columns))
    solvers = [("liblinear", 1e-4), ("lbfgs", 1e-6), ("newton-cg", 1e-6)]
else:
    features = read("X.f64", np.float64).reshape(rows, columns)
    solvers = [("lbfgs", 1e-4), ("lbfgs", 1e-6), ("newton-cholesky", 1e-8)]

for solver, tolerance in solvers:
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        model = LogisticRegression(C=1.0, solver=solver, tol=tolerance, max_iter=1000, fit_intercept=not sparse).fit(features, labels)
        seconds.append(time.perf_counter() - start)
    margins = features @ model.coef_[0] + np.ravel(model.intercept_)[0]
    objective = float(np.sum(np.logaddexp(0, margins) - labels * margins) + model.coef_[0] @ model.coef_[0] / 2)
    print(json.dumps({"peer": "scikit-learn", "solver": f"{solver}, tol {tolerance:g}", "seconds": statistics.median(seconds), "objective": objective}), flush=True)
