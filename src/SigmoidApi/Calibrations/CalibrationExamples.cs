namespace SigmoidApi.Calibrations;

/// <summary>Answers of the service that the OpenAPI document shows.</summary>
internal static class CalibrationExamples
{
    public const string Mails = """
        {"name": "mails", "version": 2, "jobId": "01a22fb7-fc9b-789e-a1e4-229f4bfd2928", "datasetId": "01a22fb7-eb67-716b-b617-61b8a8b31f3e",
        "target": "spam", "classes": [0, 1], "intercept": -1.973384067100719, "standardizedIntercept": 0.1905640536612339,
        "coefficients": [{"term": "word_freq_free", "estimate": 1.7906578035868916, "standardized": 0.735247125094347}, {"term": "char_freq_!",
        "estimate": 1.6675758759605868, "standardized": 0.4698156429420522}, {"term": "capital_run_length", "estimate": 0.030651056241905186,
        "standardized": 0.9158205289884008}], "preparation": [{"name": "word_freq_free", "type": "number", "treatment": "number", "missing": 0,
        "present": 8, "fill": 0.3875}, {"name": "char_freq_!", "type": "number", "treatment": "number", "missing": 0, "present": 8,
        "fill": 0.275}, {"name": "capital_run_length", "type": "number", "treatment": "number", "missing": 0, "present": 8, "fill": 33}],
        "decimalPoint": ".", "metrics": {"training": {"logLoss": 0.25654962964380273, "rocAuc": 1, "averagePrecision": 1, "brier": 0.06472941563323437,
        "accuracy": 0.875, "precision": 1, "recall": 0.75, "f1": 0.8571428571428571, "matthewsCorrelation": 0.7745966692414834,
        "expectedCalibrationError": 0.21169466038860782, "confusion": {"trueNegatives": 4, "falsePositives": 0, "falseNegatives": 1,
        "truePositives": 3}}, "validation": null}, "convergence": {"converged": true, "iterations": 5, "objective": 2.8524181944649976,
        "gradientNorm": 1.505184865635556e-13, "warnings": [{"code": "calibration_no_improvement",
        "message": "The calibration does not lower the log loss of rows that its map has not seen; the version without it is as good or better.",
        "columns": []}], "solver": "newton", "passes": 13, "seconds": 0.1609778}, "path": null, "selection": null, "inference": null,
        "createdAt": "2026-12-01T03:48:36.6350587+00:00", "calibration": {"method": "sigmoid", "parameters": {"a": -0.8061885869831958,
        "b": 0.039585327731277736}, "datasetId": "01a22fb7-eb67-716b-b617-61b8a8b31f3e", "rows": 8, "logLoss": {"before": 0.2565496296438028,
        "after": 0.34883265879554126}}, "calibratedFrom": {"name": "mails", "version": 1}}
        """;
}
