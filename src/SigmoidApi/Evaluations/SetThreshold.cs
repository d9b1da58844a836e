using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.Evaluations;

/// <summary>A threshold, or the rule that chooses it on the rows of an evaluation.</summary>
public sealed record SetThresholdRequest
{
    /// <summary>The lowest probability that is predicted as the second class.</summary>
    [Range(0d, 1d)]
    public double? Threshold { get; init; }

    /// <summary>What to choose the threshold for, among the probabilities of the evaluation's rows; instead of <c>threshold</c>.</summary>
    public ThresholdRule? Rule { get; init; }

    /// <summary>An evaluation of this version, for a rule.</summary>
    public Guid? EvaluationId { get; init; }

    /// <summary>What rows cost, for the least cost; by default the costs of the evaluation.</summary>
    public EvaluationCosts? Costs { get; init; }

    /// <summary>The precision that <c>recall_at_precision</c> has to reach, or the recall that <c>precision_at_recall</c> has to reach.</summary>
    [Range(0d, 1d)]
    public double? Value { get; init; }

    internal sealed class Validator : AbstractValidator<SetThresholdRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Threshold).Probability();
            RuleFor(r => r.Value).Probability();
            RuleFor(r => r.Costs).Must(EvaluationCosts.AreInRange).WithMessage("expected numbers from −1e12 to 1e12");
            RuleFor(r => r).Must(r => r.Threshold is null != r.Rule is null)
                .OverridePropertyName("threshold").WithMessage("expected exactly one of 'threshold' and 'rule'");
            RuleFor(r => r).Must(r => r.Rule is null == r.EvaluationId is null)
                .OverridePropertyName("evaluationId").WithMessage("expected an evaluation with 'rule', and none without it");
            RuleFor(r => r).Must(r => r.Costs is null || r.Rule == ThresholdRule.LeastCost)
                .OverridePropertyName("costs").WithMessage("expected costs with the rule 'least_cost' alone");
            RuleFor(r => r).Must(r => r.Value is null != r.Rule is ThresholdRule.RecallAtPrecision or ThresholdRule.PrecisionAtRecall)
                .OverridePropertyName("value")
                .WithMessage("expected a number with the rules 'recall_at_precision' and 'precision_at_recall', and none otherwise");
        }
    }
}

/// <summary><c>PUT /models/{name}/threshold</c> and <c>PUT /models/{name}/versions/{version}/threshold</c></summary>
internal static class SetThreshold
{
    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapPut(
                ModelThreshold.Latest,
                (string name, JsonBody<SetThresholdRequest> body, ModelCache cache, ThresholdStore store, SigmoidDbContext db,
                    IOptions<LimitOptions> limits, CancellationToken cancellationToken) =>
                    HandleAsync(name, null, body, cache, store, db, limits, cancellationToken))
            .WithName("SetThreshold").WithSummary("Set the threshold of the latest version of a model"));
        Describe(models.MapPut(
                ModelThreshold.Version,
                (string name, int version, JsonBody<SetThresholdRequest> body, ModelCache cache, ThresholdStore store, SigmoidDbContext db,
                    IOptions<LimitOptions> limits, CancellationToken cancellationToken) =>
                    HandleAsync(name, version, body, cache, store, db, limits, cancellationToken))
            .WithModelVersion().WithExampleOf("version", "1")
            .WithName("SetVersionThreshold").WithSummary("Set the threshold of a version of a model"));
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription(
                "Predictions use it where the request names none. With `rule` the threshold is chosen among the probabilities of an evaluation's rows, as in "
                + "its `best`. The history is kept; the same call again changes nothing.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithModelName().WithExampleOf("name", "\"mails\"")
            .WithExample("A number", """{ "threshold": 0.4 }""")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Chosen for the least cost", ThresholdExamples.Answer);

    private static async Task<Results<Ok<ThresholdResponse>, ProblemHttpResult>> HandleAsync(
        string name, int? version, JsonBody<SetThresholdRequest> body, ModelCache cache, ThresholdStore store, SigmoidDbContext db,
        IOptions<LimitOptions> limits, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (await cache.FindAsync(name, version, cancellationToken) is not { } model)
            return await cache.MissingAsync(name, version, cancellationToken);
        if (model.Outputs > 1)
        {
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, request.Rule is null ? "threshold" : "rule",
                $"expected a model of two classes, got one of {model.Classes.Count}, which predicts the most probable class");
        }

        var (threshold, costs) = (request.Threshold, (Costs?)null);
        if (request.Rule is { } rule)
        {
            var (chosen, costsOfRows, problem) = await ChooseAsync(rule, request, model.Name, db, cancellationToken);
            if (problem is not null)
                return problem;
            (threshold, costs) = (chosen, costsOfRows);
        }

        // The version that was resolved above: the latest may be another by now, of which the evaluation is not.
        var found = await store.ChangeAsync(name, model.Name.Version, db, (id, number, now) => new()
        {
            JobId = id,
            Number = number,
            Threshold = threshold,
            Rule = request.Rule,
            Value = request.Value,
            Costs = costs,
            EvaluationId = request.EvaluationId,
            SetAt = now,
        }, cancellationToken);
        return found && await ModelThreshold.ReadAsync(name, model.Name.Version, db, limits.Value.MaxPageItems, cancellationToken) is { } answer
            ? TypedResults.Ok(answer)
            : await db.MissingModelAsync(name, model.Name.Version, cancellationToken);
    }

    /// <summary>The threshold that a rule chooses, with the costs that it went by.</summary>
    private static async Task<(double? Threshold, Costs? Costs, ProblemHttpResult? Problem)> ChooseAsync(
        ThresholdRule rule, SetThresholdRequest request, ModelVersionName model, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var id = request.EvaluationId!.Value;
        if (await db.Evaluations.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } evaluation)
            return (null, null, GetEvaluation.Missing($"{id}"));
        if (evaluation.ModelName != model.Name || evaluation.ModelVersion != model.Version)
        {
            var of = evaluation.ModelName is null ? "scores that were made elsewhere" : $"version {evaluation.ModelVersion} of '{evaluation.ModelName}'";
            return (null, null, Problems.Field(StatusCodes.Status422UnprocessableEntity, "evaluationId",
                $"expected an evaluation of version {model.Version} of '{model.Name}', got one of {of}; send its threshold as a number instead"));
        }

        if (await StoredScores.FindAsync(db, id, 1, cancellationToken) is not { } ranked)
            return (null, null, GetEvaluation.Missing($"{id}"));
        var costs = (request.Costs ?? evaluation.Answer.Costs ?? new()).ToCosts();
        var best = BestThreshold.Of(ranked, rule, costs, request.Value);
        if (best.Metrics is { } at)
            return (at.Threshold, rule == ThresholdRule.LeastCost ? costs : null, null);
        var reason = rule == ThresholdRule.LeastCost
            ? "expected costs under which some rows should be predicted as the second class, but to predict none costs no more"
            : $"expected a value that some threshold reaches, got {request.Value}";
        return (null, null, Problems.Field(
            StatusCodes.Status422UnprocessableEntity, rule == ThresholdRule.LeastCost ? "costs" : "value", reason));
    }
}
