namespace SigmoidApi.Models;

/// <summary>Answers of the service that the OpenAPI document shows; each belongs to an example of a request.</summary>
internal static class ModelExamples
{
    public const string Mails = """
        {"name": "mails", "version": 1, "jobId": "01a22bcb-e419-7b76-823b-e3342861812d", "datasetId": "01a22bcb-caad-7358-a54d-ae642e15aead",
        "target": "spam", "classes": [0, 1], "intercept": -1.973384067100719, "standardizedIntercept": 0.1905640536612339,
        "coefficients": [{"term": "word_freq_free", "estimate": 1.7906578035868916, "standardized": 0.735247125094347}, {"term": "char_freq_!",
        "estimate": 1.6675758759605868, "standardized": 0.4698156429420522}, {"term": "capital_run_length", "estimate": 0.030651056241905186,
        "standardized": 0.9158205289884008}], "preparation": [{"name": "word_freq_free", "type": "number", "treatment": "number", "missing": 0,
        "present": 8, "fill": 0.3875}, {"name": "char_freq_!", "type": "number", "treatment": "number", "missing": 0, "present": 8, "fill": 0.275},
        {"name": "capital_run_length", "type": "number", "treatment": "number", "missing": 0, "present": 8, "fill": 33}], "decimalPoint": ".",
        "metrics": {"training": {"logLoss": 0.25654962964380273, "rocAuc": 1, "averagePrecision": 1, "brier": 0.06472941563323437, "accuracy": 0.875,
        "precision": 1, "recall": 0.75, "f1": 0.8571428571428571, "matthewsCorrelation": 0.7745966692414834,
        "expectedCalibrationError": 0.21169466038860782, "confusion": {"trueNegatives": 4, "falsePositives": 0, "falseNegatives": 1,
        "truePositives": 3}}, "validation": null}, "convergence": {"converged": true, "iterations": 5, "objective": 2.8524181944649976,
        "gradientNorm": 1.505184865635556e-13, "warnings": [], "solver": "newton", "passes": 13, "seconds": 0.0003107}, "path": null,
        "selection": null, "inference": null, "createdAt": "2026-11-30T09:31:55.3423271+00:00"}
        """;

    public const string Inference = """
        {"name": "inference", "version": 1, "jobId": "01a22bcb-f598-7fed-8115-0edd418d37ba", "datasetId": null, "target": null, "classes": [0, 1],
        "intercept": -4.649217955858282, "standardizedIntercept": -0.068080953877336, "coefficients": [{"term": "x1", "estimate": 0.6336437897617102,
        "standardized": 1.4518603151108607, "standardError": 0.5191069892503932, "z": 1.2206419926588, "pValue": 0.22222159956317522,
        "confidenceInterval": [-0.22021122428265827, 1.4874988038060786]}, {"term": "x2", "estimate": 3.5481845088271777,
        "standardized": 0.9625574551348892, "standardError": 3.514011653006472, "z": 1.009724741746792, "pValue": 0.3126271852075661,
        "confidenceInterval": [-2.2318503037702584, 9.328219321424614]}], "preparation": [{"name": "x1", "type": "number", "treatment": "number",
        "missing": 0, "present": 8, "fill": 4.5}, {"name": "x2", "type": "number", "treatment": "number", "missing": 0, "present": 8,
        "fill": 0.4875}], "metrics": {"training": {"logLoss": 0.4503122619494406, "rocAuc": 0.875, "averagePrecision": 0.9166666666666666,
        "brier": 0.15260887359357722, "accuracy": 0.75, "precision": 0.75, "recall": 0.75, "f1": 0.75, "matthewsCorrelation": 0.5,
        "expectedCalibrationError": 0.29731034286587177, "confusion": {"trueNegatives": 3, "falsePositives": 1, "falseNegatives": 1,
        "truePositives": 3}}, "validation": null}, "convergence": {"converged": true, "iterations": 5, "objective": 3.602498095595524,
        "gradientNorm": 8.367166608201777e-12, "warnings": [], "solver": "newton", "passes": 14, "seconds": 0.1357511}, "path": null,
        "selection": null, "inference": {"intercept": {"estimate": -4.649217955858282, "standardError": 4.057316017439649, "z": -1.1458850964219813,
        "pValue": 0.25184269863729536, "confidenceInterval": [-11.322908922832195, 2.0244730111156306]}, "logLikelihood": -3.602498095595524,
        "nullLogLikelihood": -5.545177444479562, "likelihoodRatio": 3.8853586977680763, "likelihoodRatioPValue": 0.1433194321187472,
        "mcFaddenR2": 0.3503367328340503, "aic": 13.204996191191048, "bic": 13.443320816230555, "observations": 8, "confidenceLevel": 0.9,
        "covarianceType": "HC1", "intervals": "wald"},
        "createdAt": "2026-11-30T09:31:56.9382115+00:00"}
        """;

    public const string Covariance = """
        {"terms": ["intercept", "x1", "x2"], "covariance": [[16.461813265372335, -1.680857641561293, -9.710993063267615],
        [-1.6808576415612935, 0.26947206628860787, 0.3073287639157696], [-9.710993063267615, 0.3073287639157696, 12.348277897465277]]}
        """;

    public const string List = """
        {"items": [{"name": "mails", "version": 1, "jobId": "01a22bf1-fe92-7644-9c32-e245b2665113", "datasetId": "01a22bf1-edef-7b0c-87a8-a4cffd101970",
        "target": "spam", "classes": [0, 1], "terms": 3, "penalty": "l2", "c": 1, "metrics": {"training": {"logLoss": 0.25654962964380273, "rocAuc": 1,
        "averagePrecision": 1, "brier": 0.06472941563323437, "accuracy": 0.875, "precision": 1, "recall": 0.75, "f1": 0.8571428571428571,
        "matthewsCorrelation": 0.7745966692414834, "expectedCalibrationError": 0.21169466038860782, "confusion": {"trueNegatives": 4,
        "falsePositives": 0, "falseNegatives": 1, "truePositives": 3}}, "validation": null}, "converged": true,
        "createdAt": "2026-11-30T10:13:33.6361621+00:00"}], "nextCursor": null}
        """;

    public const string Predictions = """
        {"model": {"name": "mails", "version": 1}, "probabilities": [0.895135088683886, 0.13222460404359582], "labels": [1, 0],
        "unknownColumns": ["color"]}
        """;
}
