namespace SigmoidApi.Evaluations;

/// <summary>An answer of the service that the OpenAPI document shows.</summary>
internal static class ThresholdExamples
{
    public const string Answer = """
        {"model": {"name": "mails", "version": 1}, "threshold": 0.4956060157178822, "isDefault": false, "changes": 1,
        "history": [{"setAt": "2026-12-01T04:15:32.7372526+00:00", "threshold": 0.4956060157178822, "rule": "least_cost", "costs": {"truePositive": 0,
        "falsePositive": 5, "falseNegative": 1, "trueNegative": 0}, "evaluationId": "01a22fd0-a497-7d39-aaf5-974d46346f8b"}]}
        """;
}
