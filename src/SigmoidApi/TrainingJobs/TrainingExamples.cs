namespace SigmoidApi.TrainingJobs;

/// <summary>The example answers of the OpenAPI document: what the service answers to the example requests there.</summary>
internal static class TrainingExamples
{
    public const string Queued = """
        {"id": "01a22bcb-e295-701b-ac2f-2e9e1a950818", "status": "queued", "progress": null, "createdAt": "2026-11-30T09:31:51.8295844+00:00",
        "startedAt": null, "finishedAt": null, "attempts": 0, "worker": null, "memory": null,
        "request": {"datasetId": "01a22bcb-caad-7358-a54d-ae642e15aead", "target": "spam", "positiveClass": null, "features": ["word_freq_free",
        "char_freq_!", "capital_run_length"], "preparation": null, "data": null, "modelName": "first", "solver": "auto", "penalty": "l2", "c": 1,
        "l1Ratio": null, "cs": null, "l1Ratios": null, "selection": null, "fitIntercept": true, "standardize": true, "classWeight": null,
        "sampleWeight": null, "maxIterations": 1000, "tolerance": null, "learningRate": 0.1, "initialWeights": null, "validation": null, "seed": 42,
        "covarianceType": "nonrobust", "clusterBy": null, "confidenceLevel": 0.95, "intervals": null, "timeoutSeconds": null, "onTimeout": "cancel"},
        "model": null, "warnings": [], "error": null, "kind": "training", "evaluationId": null}
        """;

    public const string Succeeded = """
        {"id": "01a22bcb-e419-7b76-823b-e3342861812d", "status": "succeeded", "progress": {"iteration": 5, "maxIterations": 1000,
        "loss": 0.3565522743081247, "gradientNorm": 1.505184865635556e-13, "fraction": 1, "step": 5, "secondsLeft": null, "phase": "fit"},
        "createdAt": "2026-11-30T09:31:52.2176355+00:00", "startedAt": "2026-11-30T09:31:53.7932647+00:00",
        "finishedAt": "2026-11-30T09:31:55.3423271+00:00", "attempts": 1, "worker": null, "memory": {"bytes": 1216, "mode": "in_memory"},
        "request": {"datasetId": "01a22bcb-caad-7358-a54d-ae642e15aead", "target": "spam", "positiveClass": null, "features": ["word_freq_free",
        "char_freq_!", "capital_run_length"], "preparation": null, "data": null, "modelName": "mails", "solver": "auto", "penalty": "l2", "c": 1,
        "l1Ratio": null, "cs": null, "l1Ratios": null, "selection": null, "fitIntercept": true, "standardize": true, "classWeight": null,
        "sampleWeight": null, "maxIterations": 1000, "tolerance": null, "learningRate": 0.1, "initialWeights": null, "validation": null, "seed": 42,
        "covarianceType": "nonrobust", "clusterBy": null, "confidenceLevel": 0.95, "intervals": null, "timeoutSeconds": null, "onTimeout": "cancel"},
        "model": {"name": "mails", "version": 1}, "warnings": [], "error": null, "kind": "training", "evaluationId": null}
        """;

    public const string OutOfTime = """
        {"id": "01a22bd1-f93f-787e-b636-8df221cdadf6", "status": "canceled", "progress": null, "createdAt": "2026-11-30T09:38:30.8478005+00:00",
        "startedAt": "2026-11-30T09:38:30.8678104+00:00", "finishedAt": "2026-11-30T09:38:30.8723979+00:00", "attempts": 1, "worker": null,
        "memory": null, "request": {"datasetId": null, "target": null, "positiveClass": null, "features": null, "preparation": null, "data": null,
        "modelName": "inline", "solver": "auto", "penalty": "l2", "c": 1, "l1Ratio": null, "cs": null, "l1Ratios": null, "selection": null,
        "fitIntercept": true, "standardize": true, "classWeight": null, "sampleWeight": null, "maxIterations": 1000, "tolerance": null,
        "learningRate": 0.1, "initialWeights": null, "validation": null, "seed": 42, "covarianceType": "nonrobust", "clusterBy": null,
        "confidenceLevel": 0.95, "intervals": null, "timeoutSeconds": 1e-06, "onTimeout": "cancel"}, "model": null, "warnings": [],
        "error": {"type": "about:blank", "title": "Request Timeout", "status": 408, "detail": "The job took longer than its timeoutSeconds, 1E-06.",
        "code": "timeout"}, "kind": "training", "evaluationId": null}
        """;

    public const string Page = """
        {"items": [{"id": "01a22bcb-e419-7b76-823b-e3342861812d", "status": "succeeded", "progress": {"iteration": 5, "maxIterations": 1000,
        "loss": 0.3565522743081247, "gradientNorm": 1.505184865635556e-13, "fraction": 1, "step": 5, "secondsLeft": null, "phase": "fit"},
        "createdAt": "2026-11-30T09:31:52.2176355+00:00", "startedAt": "2026-11-30T09:31:53.7932647+00:00",
        "finishedAt": "2026-11-30T09:31:55.3423271+00:00", "attempts": 1, "worker": null, "memory": {"bytes": 1216, "mode": "in_memory"},
        "request": {"datasetId": "01a22bcb-caad-7358-a54d-ae642e15aead", "target": "spam", "positiveClass": null, "features": ["word_freq_free",
        "char_freq_!", "capital_run_length"], "preparation": null, "data": null, "modelName": "mails", "solver": "auto", "penalty": "l2", "c": 1,
        "l1Ratio": null, "cs": null, "l1Ratios": null, "selection": null, "fitIntercept": true, "standardize": true, "classWeight": null,
        "sampleWeight": null, "maxIterations": 1000, "tolerance": null, "learningRate": 0.1, "initialWeights": null, "validation": null, "seed": 42,
        "covarianceType": "nonrobust", "clusterBy": null, "confidenceLevel": 0.95, "intervals": null, "timeoutSeconds": null, "onTimeout": "cancel"},
        "model": {"name": "mails", "version": 1}, "warnings": [], "error": null, "kind": "training", "evaluationId": null}], "nextCursor": null}
        """;

    public const string History = """
        {"points": [{"step": 0, "fit": 0, "iteration": 0, "loss": 0.6931471805599453, "gradientNorm": 12.375}, {"step": 1, "fit": 0, "iteration": 1,
        "loss": 5.105742187500001e+301, "gradientNorm": 4.125}]}
        """;
}
