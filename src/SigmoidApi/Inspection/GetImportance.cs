using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Explanation;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Serving;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Inspection;

/// <summary>How much the scores of a model suffer when the values of a column are permuted over the rows.</summary>
/// <param name="Model">The version.</param>
/// <param name="DatasetId">The data set whose rows were permuted.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="LogLoss">Mean log loss of the rows as they are, of the probabilities of the fit itself.</param>
/// <param name="RocAuc">Area under the ROC curve of the rows as they are; null if they are of one class.</param>
/// <param name="Repeats">The number of permutations of each column.</param>
/// <param name="Columns">For each column of the model, the most important first.</param>
public sealed record ImportanceResponse(
    ModelVersionName Model,
    Guid DatasetId,
    int Rows,
    double LogLoss,
    [property: Range(0d, 1d)] double? RocAuc,
    int Repeats,
    IReadOnlyList<ImportanceOfColumn> Columns);

/// <summary>The importance of a column.</summary>
/// <param name="Column">The column.</param>
/// <param name="LogLoss">
/// The expected rise of the log loss. It is exact if <c>isExact</c>: the mean over all pairs of a row and the value of a row (Fisher, Rudin and Dominici,
/// 2019); otherwise the mean of the permutations.
/// </param>
/// <param name="IsExact">Whether the column has few enough different values for the exact mean.</param>
/// <param name="LogLossDeviation">The standard deviation of the rise over the permutations; null with one permutation.</param>
/// <param name="RocAuc">The mean fall of the area under the ROC curve over the permutations; null if the rows are of one class.</param>
/// <param name="RocAucStandardError">The standard error of that mean; null with one permutation.</param>
public sealed record ImportanceOfColumn(
    string Column, double LogLoss, bool IsExact, double? LogLossDeviation, double? RocAuc, double? RocAucStandardError);

/// <summary><c>GET /models/{name}/importance?repeats=10&amp;seed=42</c> and the same of a version</summary>
internal sealed class GetImportance(
    ModelCache models, DatasetEngine engine, ComputeThreads threads, IOptions<TrainingOptions> training, IOptions<DatasetOptions> datasets)
{
    private const int DefaultRepeats = 10;
    private const int MostRepeats = 1_000;

    /// <summary>Most pairs of a row and a different value for the exact mean: a second of computing.</summary>
    private const long MaxPairs = 100_000_000;

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapGet(
                "/{name}/importance",
                (string name, [AsParameters] ImportanceQuery query, HttpContext context, SigmoidDbContext db, GetImportance importance,
                    CancellationToken cancellationToken) => importance.HandleAsync(name, null, query, context, db, cancellationToken)), ofVersion: false)
            .WithName("GetModelImportance").WithSummary("The permutation importance of the columns of a model's latest version");
        Describe(models.MapGet(
                "/{name}/versions/{version:int}/importance",
                (string name, int version, [AsParameters] ImportanceQuery query, HttpContext context, SigmoidDbContext db, GetImportance importance,
                    CancellationToken cancellationToken) => importance.HandleAsync(name, version, query, context, db, cancellationToken)), ofVersion: true)
            .WithName("GetModelVersionImportance").WithSummary("The permutation importance of the columns of a version");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, bool ofVersion) => route
        .WithDescription(
            "Permutes the values of one raw column over the rows of a data set: by default the one that the version was trained on, 409 if it has "
            + "been deleted. "
            + "Held-out rows say more. For models of two classes.")
        .WithQueryParameter(
            "repeats", "The number of permutations of each column.", Schemas.Integer(minimum: 1, maximum: MostRepeats, byDefault: DefaultRepeats))
        .WithQueryParameter("seed", "The seed of the permutations.", Schemas.Integer(format: "int64", byDefault: 42))
        .WithQueryParameter("datasetId", "Another data set with the model's columns and its target: its id, or its name.", Schemas.Text())
        .WithExampleOf("repeats", "2").WithExampleOfAnswer(StatusCodes.Status200OK, "One column", InspectionExamples.Importance)
        .ReadingRows(ofVersion);

    private async Task<Results<Ok<ImportanceResponse>, NotModified, ProblemHttpResult>> HandleAsync(
        string name, int? version, ImportanceQuery query, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (QueryValues.Whole("repeats", query.Repeats, DefaultRepeats, 1, MostRepeats, out var repeats) is { } wrong)
            return wrong;
        var seed = 42L;
        if (query.Seed is not null && !long.TryParse(query.Seed, out seed))
            return Problems.Field(StatusCodes.Status400BadRequest, "seed", $"expected a whole number, got '{query.Seed}'");
        if (await models.FindAsync(name, version, cancellationToken) is not { } model)
            return await models.MissingAsync(name, version, cancellationToken);
        var (dataset, problem) = await DatasetAsync(model, query.DatasetId, db, cancellationToken);
        if (dataset is null)
            return problem!;
        if (EntityTags.SetAndCompare(context, $"{dataset.Id:n}-importance-{model.Name.Version}-{EntityTags.Digest(model.Name.Name)}-{repeats}-{seed}"))
            return new NotModified();
        (var answer, problem) = await threads.RunAsync(
            double.MaxValue, () => Compute(model, dataset, repeats, seed, cancellationToken), cancellationToken);
        return answer is null ? EntityTags.Removed(context, problem!) : TypedResults.Ok(answer);
    }

    /// <summary>The data set to permute, or why there is none.</summary>
    private async Task<(Dataset? Dataset, ProblemHttpResult? Problem)> DatasetAsync(
        ServedModel model, string? reference, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var of = ModelEndpoints.Describe(model.Name.Name, model.Name.Version);
        if (model.Outputs > 1)
            return (null, Problems.Of(StatusCodes.Status422UnprocessableEntity, $"Expected a model of two classes, but {of} has {model.Classes.Count}."));
        if (model.Explainer is null)
            return (null, Problems.Conflict($"Expected a model with the means of its terms, but {of} was trained by an older version; train it again."));
        if (model.Target is null)
            return (null, Problems.Conflict($"Expected a model of a data set, but the rows of {of} came in the request; train it on a data set."));
        var dataset = reference is not null
            ? await db.Datasets.AsNoTracking().FindDatasetAsync(reference, cancellationToken)
            : await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Id == model.DatasetId, cancellationToken);
        if (dataset is null && reference is not null)
            return (null, await db.MissingDatasetAsync(reference, cancellationToken));
        if (dataset is null)
        {
            return (null, Problems.Conflict(
                $"Expected training rows that are stored, but the data set of {of} has been deleted; name another in 'datasetId'."));
        }

        return dataset.Rows <= training.Value.MaxInspectedRows
            ? (dataset, null)
            : (null, Problems.Of(StatusCodes.Status422UnprocessableEntity,
                $"Expected at most {training.Value.MaxInspectedRows} rows (Training:MaxInspectedRows), but '{dataset.Name}' has {dataset.Rows}."));
    }

    private (ImportanceResponse? Answer, ProblemHttpResult? Problem) Compute(
        ServedModel model, Dataset dataset, int repeats, long seed, CancellationToken cancellationToken)
    {
        var streamedFrom = (long)datasets.Value.MemoryMegabytes << 20;
        var (read, failure) = DatasetScores.Read(engine, dataset, model, model.Target!, null, [], streamedFrom, cancellationToken, explains: true);
        if (failure is not null)
            return (null, Problems.From(failure));
        var (labels, contributions, columns) = (read!.Labels, read.Contributions, model.Columns.Count);
        var logOdds = new double[labels.Length];
        for (var i = 0; i < logOdds.Length; i++)
        {
            logOdds[i] = model.Explainer!.Baseline(0);
            foreach (var contribution in contributions.AsSpan(i * columns, columns))
                logOdds[i] += contribution;
        }

        var scores = BinaryEvaluation.Of(ScoredRows.FromLogOdds(labels, logOdds), new(), cancellationToken).Metrics;
        var importances = PermutationImportance.Of(
            labels, null, logOdds, contributions, repeats, seed, MaxPairs, Environment.ProcessorCount, cancellationToken);
        return (new(model.Name, dataset.Id, labels.Length, scores.LogLoss, scores.RocAuc, repeats,
            [.. importances.OrderByDescending(column => column.LogLoss).Select(column => new ImportanceOfColumn(
                model.Columns[column.Column].Name, column.LogLoss, column.IsExact, column.LogLossDeviation, column.RocAuc,
                column.RocAucStandardError))]), null);
    }
}

/// <summary>What to permute, and how often.</summary>
internal sealed class ImportanceQuery
{
    /// <summary>The number of permutations.</summary>
    [FromQuery(Name = "repeats")]
    public string? Repeats { get; init; }

    /// <summary>The seed of the permutations.</summary>
    [FromQuery(Name = "seed")]
    public string? Seed { get; init; }

    /// <summary>The data set.</summary>
    [FromQuery(Name = "datasetId")]
    public string? DatasetId { get; init; }
}
