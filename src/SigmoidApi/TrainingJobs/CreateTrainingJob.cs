using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>POST /training-jobs</c></summary>
internal static class CreateTrainingJob
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapPost("/", Handle).WithName("CreateTrainingJob").WithSummary("Train a model in the background")
            .WithDescription(
                "Trains on a data set, or on `data` in the request. Answers 202 with the job; with `Prefer: wait=10`, 201 if the job ends within 10 seconds.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithExampleOfAnswer(StatusCodes.Status201Created, "Succeeded", TrainingExamples.Succeeded)
            .WithExampleOfAnswer(StatusCodes.Status202Accepted, "Queued", TrainingExamples.Queued)
            .WithWait(StatusCodes.Status201Created, StatusCodes.Status202Accepted)
            .WithExampleOf("Prefer", "\"wait=10\"")
            .WithExample("A data set", """{ "datasetId": "mails", "target": "spam", "modelName": "mails" }""")
            .WithExample("Inline data", """
                { "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4]], "labels": [0, 1, 1, 0] }, "modelName": "inline" }
                """)
            .WithExample("A path of l1 penalties, its best by folds", """
                {
                  "datasetId": "mails", "target": "spam", "modelName": "path",
                  "penalty": "l1", "cs": [0.01, 0.1, 1, 10], "validation": { "folds": 3 }, "selection": "one_standard_error"
                }
                """)
            .WithExample("Inference", """
                {
                  "data": { "features": [[1, 0.2], [2, 0.9], [3, 0.4], [4, 0.1], [5, 0.8], [6, 0.3], [7, 0.7], [8, 0.5]], "labels": [0, 0, 1, 0, 1, 0, 1, 1] },
                  "modelName": "inference", "penalty": "none", "covarianceType": "HC1", "confidenceLevel": 0.9
                }
                """)
            .WithExample("Without a penalty, to be inspected", """
                { "datasetId": "mails", "target": "spam", "features": ["char_freq_!"], "modelName": "inspected", "penalty": "none" }
                """)
            .WithExample("Firth's fit, its intervals by standard errors", """
                {
                  "data": { "features": [[1, 0.2], [2, 0.9], [3, 0.4], [4, 0.1], [5, 0.8], [6, 0.3], [7, 0.7], [8, 0.5]], "labels": [0, 0, 0, 0, 1, 1, 1, 1] },
                  "modelName": "separated", "penalty": "firth", "intervals": "wald"
                }
                """)
            .WithExample("More than two classes, against a base class", """
                {
                  "data": {
                    "features": [[1, 0.2], [2, 0.9], [3, 0.4], [4, 0.1], [5, 0.8], [6, 0.3], [7, 0.7], [8, 0.5], [9, 0.6]],
                    "labels": ["low", "mid", "low", "high", "mid", "low", "high", "mid", "high"]
                  },
                  "modelName": "levels", "multiClass": "multinomial", "penalty": "none", "baseClass": "low"
                }
                """)
            .WithExample("The article's loop", """
                {
                  "data": { "features": [[0.5, -0.1], [-0.2, 1.6], [0.7, 0.5], [1.5, -0.5]], "labels": [0, 1, 1, 0] }, "modelName": "article",
                  "solver": "gradient_descent", "learningRate": 0.1, "maxIterations": 1000,
                  "penalty": "none", "fitIntercept": false, "standardize": false, "initialWeights": [0.1, -0.2]
                }
                """);

    private static async Task<Results<Accepted<TrainingJobResponse>, Created<TrainingJobResponse>, EarlierAnswer, ProblemHttpResult>> Handle(
        IdempotencyKey idempotency,
        JsonBody<TrainingRequest> body,
        [FromHeader(Name = "Prefer")] string? prefer,
        HttpContext context,
        SigmoidDbContext db,
        TrainingQueue queue,
        DatasetEngine engine,
        RunningFits fits,
        TrainingWait wait,
        IOptions<LimitOptions> limits,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await idempotency.EarlierAsync(body.Sha256) is { } earlier)
            return earlier;
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var request = body.Value;
        Guid? datasetId = null;
        InlineRows? data = null;
        IReadOnlyList<ModelWarning> warnings = [];
        if (request.Data is { } inline)
        {
            if (DataCheck.Check(request, inline, limits.Value.MaxClasses) is { } problem)
                return problem;
            data = InlineRows.From(id, inline);
            request = request with { Data = null, ModelName = request.ModelName ?? "model" };
        }
        else
        {
            var dataset = await db.Datasets.AsNoTracking().FindDatasetAsync(request.DatasetId!, cancellationToken);
            if (dataset is null)
                return await db.MissingDatasetAsync(request.DatasetId!, cancellationToken);
            request = request with
            {
                DatasetId = dataset.Id.ToString(),
                Features = request.Features ?? DefaultFeatures(dataset, request),
                ModelName = request.ModelName ?? dataset.Name,
            };
            if ((DataCheck.Check(request, dataset, limits.Value.MaxClasses)
                ?? await RareClass.CheckAsync(request, dataset, engine, cancellationToken)) is { } problem)
            {
                return problem;
            }

            (datasetId, warnings) = (dataset.Id, RowsLeftOut.Of(dataset, request));
        }

        // The job shows the defaults that depend on other fields.
        request = request with
        {
            Penalty = request.EffectivePenalty,
            C = request.Cs is null ? request.C ?? 1 : null,
            Intervals = request.EffectiveIntervals,
            Selection = request.Selection ?? (request is { IsPath: true, Validation: not null } ? Selection.Best : null),
        };
        var job = new TrainingJob
        {
            Id = id,
            Status = TrainingJobStatus.Queued,
            Request = request,
            DatasetId = datasetId,
            CreatedAt = now,
            Warnings = warnings,
        };
        var (answer, location) = (TrainingJobResponse.From(job, fits), context.PathOf("GetTrainingJob", id));
        var (copy, refused) = await queue.StoreAsync(
            job, data, body.Value.DatasetId, answer, location, idempotency, context, db, cancellationToken);
        if (copy is not null)
            return copy;
        if (refused is not null)
            return refused;

        if (TrainingWait.IsPreferred(prefer))
        {
            job = await wait.ForEndAsync(job, prefer, context.Response);
            answer = TrainingJobResponse.From(job, fits);
            if (job.FinishedAt is not null)
            {
                await idempotency.RenewAsync(StatusCodes.Status201Created, location, answer);
                return TypedResults.Created(location, answer);
            }

            await idempotency.RenewAsync(StatusCodes.Status202Accepted, location, answer, TrainingWait.RetryAfter);
        }

        context.Response.Headers.RetryAfter = TrainingWait.RetryAfter;
        return TypedResults.Accepted(location, answer);
    }

    /// <summary>
    /// The columns of the data set, in their order, except those that the request uses otherwise, and texts that differ in nearly every row and that the
    /// request does not prepare.
    /// </summary>
    private static string[] DefaultFeatures(Dataset dataset, TrainingRequest request) =>
    [
        .. dataset.Columns.Where(column => LeftOut.ReasonFor(column) is null || request.Preparation?.Columns?.ContainsKey(column.Name) is true)
            .Select(column => column.Name)
            .Except(request.OtherColumns.Select(named => named.Column), StringComparer.Ordinal),
    ];
}
