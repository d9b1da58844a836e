"""Writes target-profile.json: what single columns say about a target, by scikit-learn, pandas and SciPy. Run: python3 target-profile.py"""
import json
import pathlib

import numpy as np
import pandas as pd
from scipy.stats.contingency import association
from sklearn.metrics import roc_auc_score

HERE = pathlib.Path(__file__).parent
COMPUTE = HERE.parent.parent / "SigmoidApi.Compute.Tests" / "Reference"


def areas(frame, target):
    frame = frame[frame[target].notna()]
    classes = sorted(frame[target].unique())
    result = {}
    for name in frame.columns.drop(target):
        column, y = frame[name], frame[target]
        isNumber = pd.api.types.is_numeric_dtype(column)
        if isNumber:
            column, y = column[column.notna()], y[column.notna()]
        else:
            column = column.fillna("(missing)")
        values = []
        for label in classes:
            isClass = y == label
            score = column if isNumber else isClass.groupby(column).transform("mean")
            area = roc_auc_score(isClass, score)
            values.append(max(area, 1 - area))
        result[name] = {"rows": len(column), "area": float(np.mean(values))}
        if isNumber and len(classes) == 2:
            result[name]["direction"] = "lower" if roc_auc_score(y == classes[1], column) < 0.5 else "higher"
        if not isNumber:
            ofLevel = y.groupby(column).agg(["nunique", "count"])
            result[name]["separating"] = {level: int(row["count"]) for level, row in ofLevel.iterrows() if row["nunique"] == 1}
    return result


def pairs(frame, least=0):
    found = []
    names = list(frame.columns)
    correlation = frame.corr(numeric_only=True)
    for i, first in enumerate(names):
        for second in names[i + 1:]:
            both = frame[[first, second]].dropna()
            numbers = [pd.api.types.is_numeric_dtype(frame[name]) for name in (first, second)]
            if all(numbers):
                value, measure = correlation.loc[first, second], "pearson"
            elif not any(numbers):
                value, measure = association(pd.crosstab(both[first], both[second]).to_numpy(), method="cramer"), "cramers_v"
            else:
                continue
            if abs(value) >= least:
                found.append({"first": first, "second": second, "measure": measure, "value": float(value), "rows": len(both)})
    return found


spambase = pd.read_csv(HERE / "spambase.csv")
credit = pd.read_csv(COMPUTE / "credit.csv")
reference = {
    "spambase": {"target": spambase.columns[-1], "columns": areas(spambase, spambase.columns[-1]), "pairs": pairs(spambase, 0.5)},
    "credit": {"target": "Status", "columns": areas(credit, "Status"), "pairs": pairs(credit)},
    "credit-job": {"target": "Job", "columns": areas(credit, "Job")},
}
(HERE / "target-profile.json").write_text(json.dumps(reference, indent=1) + "\n")
