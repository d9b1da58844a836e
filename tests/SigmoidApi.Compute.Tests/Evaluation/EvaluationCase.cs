using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

/// <summary>One of the cases of evaluation.json with its rows.</summary>
internal sealed record EvaluationCase(string Name, double[] Labels, double[] Weights, double[]? LogOddsA, double[]? LogOddsB, double[] ProbabilitiesA,
    double[] ProbabilitiesB, string[]? Groups, JsonElement Expected)
{
    /// <summary>The costs of evaluation.json.</summary>
    public static readonly Costs Costs = new(0, 1, 5, 0);

    public static EvaluationCase Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Reference", $"evaluation-{name}.csv"));
        string[] header = lines[0].Split(',');
        string[][] rows = [.. lines.Skip(1).Select(line => line.Split(','))];
        return new EvaluationCase(name, Numbers("label")!, Numbers("weight")!, Numbers("logit_a"), Numbers("logit_b"), Numbers("probability_a")!,
            Numbers("probability_b")!, header.Contains("group") ? [.. rows.Select(row => row[Array.IndexOf(header, "group")])] : null,
            ReferenceData.Json("evaluation.json").GetProperty("cases").GetProperty(name));

        double[]? Numbers(string column) => Array.IndexOf(header, column) is var index and >= 0
            ? [.. rows.Select(row => double.Parse(row[index], CultureInfo.InvariantCulture))]
            : null;
    }

    public ScoredRows A(bool weighted) => Rows(LogOddsA, ProbabilitiesA, weighted);

    public ScoredRows B(bool weighted) => Rows(LogOddsB, ProbabilitiesB, weighted);

    public EvaluationOptions Options => new()
    {
        Costs = Costs,
        PrecisionAtLeast = [0.5, 0.8, 0.9, 0.95],
        RecallAtLeast = [0.5, 0.8, 0.9, 0.95],
        FittedOnTheseRows = Expected.GetProperty("fitted_on_these_rows").GetBoolean(),
    };

    private ScoredRows Rows(double[]? logOdds, double[] probabilities, bool weighted) => logOdds is null
        ? ScoredRows.FromProbabilities(Labels, probabilities, weighted ? Weights : null)
        : ScoredRows.FromLogOdds(Labels, logOdds, weighted ? Weights : null);
}
