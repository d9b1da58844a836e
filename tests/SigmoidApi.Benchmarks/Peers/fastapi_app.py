"""What a Python user would write instead: FastAPI with NumPy and scikit-learn's own predict.

Debian: python3-fastapi uvicorn python3-uvloop python3-httptools python3-sklearn python3-pandas. SPAMBASE is the path of spambase.csv.
"""
import os
from typing import List

import numpy as np
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = pd.read_csv(os.environ["SPAMBASE"])
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(data.iloc[:, :-1].to_numpy(), data.iloc[:, -1])
app = FastAPI()


class Values(BaseModel):
    values: List[float]


class Rows(BaseModel):
    features: List[List[float]]


@app.post("/sigmoid")
def sigmoid(v: Values):
    return {"values": expit(np.asarray(v.values)).tolist()}


@app.post("/predict")
def predict(r: Rows):
    return {"probabilities": model.predict_proba(np.asarray(r.features))[:, 1].tolist()}
