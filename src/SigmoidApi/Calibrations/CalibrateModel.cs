using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.Serving;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Calibrations;

/// <summary>The rows to calibrate a model on. They should not be rows that it was trained on.</summary>
/// <param name="DatasetId">The data set: its id, or its name for the newest version.</param>
/// <param name="Method">
/// The map of log-odds: <c>sigmoid</c> (Platt, with smoothed targets), <c>isotonic</c> (any rising map; for 1,000 rows and more), <c>beta</c> or
/// <c>temperature</c> (one number).
/// </param>
/// <param name="Target">The column of the classes; by default that of the training.</param>
/// <param name="SampleWeight">The column of row weights: 2 counts the row twice, 0 leaves it out; null is 1 for all.</param>
public sealed record CalibrateModelRequest(
    [property: MinLength(1)] string DatasetId, CalibrationMethod Method, string? Target = null, string? SampleWeight = null);

/// <summary><c>POST /models/{name}/calibrate</c> and <c>POST /models/{name}/versions/{version}/calibrate</c></summary>
internal sealed class CalibrateModel(
    ModelCache models, DatasetEngine engine, ComputeThreads threads, IOptions<DatasetOptions> datasets, TimeProvider time)
{
    private const long Seed = 42;

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapPost("/{name}/calibrate",
                (string name, IdempotencyKey idempotency, JsonBody<CalibrateModelRequest> body, HttpContext context, SigmoidDbContext db,
                    CalibrateModel calibrate, CancellationToken cancellationToken) =>
                    calibrate.HandleAsync(name, null, idempotency, body, context, db, cancellationToken))
            .WithName("CalibrateModel").WithSummary("Calibrate the latest version of a model, as a new version"));
        Describe(models.MapPost("/{name}/versions/{version:int}/calibrate",
                (string name, int version, IdempotencyKey idempotency, JsonBody<CalibrateModelRequest> body, HttpContext context, SigmoidDbContext db,
                    CalibrateModel calibrate, CancellationToken cancellationToken) =>
                    calibrate.HandleAsync(name, version, idempotency, body, context, db, cancellationToken))
            .WithModelVersion().WithExampleOf("version", "1")
            .WithName("CalibrateModelVersion").WithSummary("Calibrate a version of a model, as a new version"));
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription(
                "Fits a map from the log-odds of the version to the classes of a data set, which should have rows that it was not trained on. The new "
                + "version has "
                + "the same coefficients, the map in `calibration`, and `calibratedFrom`; a map that the version already has is replaced. "
                + "If maps fitted to one half of the rows do not lower the log loss of the other, the warning is `calibration_no_improvement`.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithExample("By Platt's sigmoid", """{ "datasetId": "mails", "method": "sigmoid" }""")
            .WithExampleOfAnswer(StatusCodes.Status201Created, "By Platt's sigmoid", CalibrationExamples.Mails)
            .WithModelName().WithExampleOf("name", "\"mails\"");

    private async Task<Results<Created<ModelResponse>, EarlierAnswer, ProblemHttpResult>> HandleAsync(string name, int? version, IdempotencyKey idempotency,
        JsonBody<CalibrateModelRequest> body, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (await idempotency.EarlierAsync(body.Sha256) is { } earlier)
            return earlier;
        var request = body.Value;
        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { } source)
            return await db.MissingModelAsync(name, version, cancellationToken);
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(request.DatasetId, cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(request.DatasetId, cancellationToken);
        if ((request.Target ?? source.Target) is not { } target)
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest, "target", "expected the column of the classes, since the model was trained on data without a target's name");
        }

        HeldOutCalibration? fitted;
        InputFailure? failure = null;
        try
        {
            fitted = await threads.RunAsync(double.MaxValue, () =>
            {
                (var map, failure) = Fit(dataset, source, target, request, cancellationToken);
                return map;
            }, cancellationToken);
        }
        catch (UntrainableDataException e)
        {
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, "datasetId", e.Message);
        }

        return failure is null
            ? await StoreAsync(source, ModelCalibration.From(fitted!, folds: null, dataset.Id), idempotency, context, db, cancellationToken)
            : Problems.From(failure);
    }

    private (HeldOutCalibration? Fitted, InputFailure? Failure) Fit(
        Dataset dataset, ModelVersion source, string target, CalibrateModelRequest request, CancellationToken cancellationToken)
    {
        // The map is of the fit's own log-odds, without those of an earlier map.
        var fit = new ServedModel(source.Name, source.Version, source.Target, source.Trained with { Calibration = null });
        var (rows, failure) = DatasetScores.Read(
            engine, dataset, fit, target, request.SampleWeight, [], (long)datasets.Value.MemoryMegabytes << 20, cancellationToken);
        if (failure is not null)
            return (null, failure);
        var (labels, classes) = (rows!.Labels, fit.Classes);
        var counts = new int[classes.Count];
        for (var i = 0; i < labels.Length; i++)
            counts[(int)labels[i]] += rows.Weights is null || rows.Weights[i] > 0 ? 1 : 0;
        if (Array.IndexOf(counts, 0) is >= 0 and var missing)
        {
            return (null, new(StatusCodes.Status422UnprocessableEntity, "target",
                $"expected rows of each of the model's classes, but '{target}' has none of '{classes[missing]}' in '{dataset.Name}'"));
        }

        // A class with a single row can't be in both halves.
        var halves = counts.Min() < 2 ? null : StratifiedSplit.Folds(
            new Compute.Data.ClassLabels(Array.ConvertAll(labels, label => (int)label), [.. classes.Select(label => label.ToString())]), folds: 2, Seed);
        return (HeldOutCalibration.Fit(
            request.Method, classes.Count, labels, rows.Scores, rows.Weights, halves, Environment.ProcessorCount, cancellationToken), null);
    }

    private async Task<Results<Created<ModelResponse>, EarlierAnswer, ProblemHttpResult>> StoreAsync(ModelVersion source, ModelCalibration calibration,
        IdempotencyKey idempotency, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var convergence = source.Trained.Convergence;
        var trained = source.Trained with
        {
            Calibration = calibration,
            CalibratedFrom = new(source.Name, source.Version),
            Convergence = convergence with { Warnings = [.. ModelCalibration.Without(convergence.Warnings), .. calibration.Warnings()] },
        };
        var listed = await db.ListedModels.AsNoTracking().SingleOrDefaultAsync(l => l.JobId == source.JobId, cancellationToken);
        var request = await db.ModelRequests.AsNoTracking().SingleOrDefaultAsync(r => r.JobId == source.JobId, cancellationToken);
        var id = Guid.CreateVersion7(now);
        await using var transaction = await db.BeginAsync(cancellationToken);
        var calibrated = new ModelVersion
        {
            JobId = id,
            Name = source.Name,
            Version = await db.NextModelVersionAsync(source.Name),
            DatasetId = source.DatasetId,
            Target = source.Target,
            CreatedAt = now,
            Trained = trained,
        };
        var answer = ModelResponse.From(calibrated, withCovariance: false);
        var location = context.PathOf("GetModelVersion", new RouteValueDictionary { ["name"] = calibrated.Name, ["version"] = calibrated.Version });
        if (!await idempotency.TryKeepAsync(StatusCodes.Status201Created, location, answer))
        {
            await transaction.DisposeAsync();
            return await idempotency.WinnerAsync();
        }

        db.ModelVersions.Add(calibrated);
        db.ListedModels.Add(ListedModel.From(id, trained, listed?.Penalty is { } penalty ? new(penalty, listed.C) : null));
        if (request is not null)
            db.ModelRequests.Add(new() { JobId = id, Request = request.Request });
        await db.SaveChangesAsync(CancellationToken.None);
        using (models.Change(source.Name))
            await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Created(location, answer);
    }

    internal sealed class Validator : AbstractValidator<CalibrateModelRequest>
    {
        public Validator()
        {
            RuleFor(r => r.DatasetId).NotEmpty().WithMessage("expected the id or name of a data set");
            RuleFor(r => r.Method).IsInEnum();
        }
    }
}
