using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Evaluations;

/// <summary>A line of the list of evaluations.</summary>
/// <param name="Id">The evaluation's id.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Metrics">The scores.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Model">The version that was evaluated; left out for scores that were made elsewhere.</param>
/// <param name="DatasetId">The data set; left out if the rows came with the request.</param>
[DefaultsLeftOut]
public sealed record EvaluationSummary(
    Guid Id, long Rows, EvaluationMetrics Metrics, DateTimeOffset CreatedAt, ModelVersionName? Model = null, Guid? DatasetId = null)
{
    internal static EvaluationSummary Of(Evaluation evaluation) => new(
        evaluation.Id, evaluation.Answer.Rows, evaluation.Answer.Metrics, evaluation.CreatedAt, evaluation.Answer.Model, evaluation.Answer.DatasetId);
}
