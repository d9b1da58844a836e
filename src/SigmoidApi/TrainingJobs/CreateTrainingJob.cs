using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>POST /training-jobs</c></summary>
internal static class CreateTrainingJob
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapPost("/", Handle).WithName("CreateTrainingJob").WithSummary("Train a model in the background")
            .WithDescription("Trains on a data set, or on `data` in the request. Answers 202 and the job; with `Prefer: wait=10`, 201 when the job ends within that many seconds.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithExampleOf("Prefer", "\"wait=10\"")
            .WithExample("A data set", """{ "datasetId": "mails", "target": "spam", "modelName": "mails" }""")
            .WithExample("Inline data", """
                { "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4]], "labels": [0, 1, 1, 0] }, "modelName": "inline" }
                """)
            .WithExample("The article's loop", """
                {
                  "data": { "features": [[0.5, -0.1], [-0.2, 1.6], [0.7, 0.5], [1.5, -0.5]], "labels": [0, 1, 1, 0] }, "modelName": "article",
                  "solver": "gradient_descent", "learningRate": 0.1, "maxIterations": 1000,
                  "penalty": "none", "fitIntercept": false, "standardize": false, "initialWeights": [0.1, -0.2]
                }
                """);

    private static async Task<Results<Accepted<TrainingJobResponse>, Created<TrainingJobResponse>, ProblemHttpResult>> Handle(
        JsonBody<TrainingRequest> body,
        [FromHeader(Name = "Prefer")] string? prefer,
        HttpContext context,
        SigmoidDbContext db,
        TrainingQueue queue,
        RunningFits fits,
        TrainingWait wait,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var request = body.Value;
        Guid? datasetId = null;
        TrainingData? data = null;
        if (request.Data is { } inline)
        {
            if (inline.Labels.AsSpan().IndexOfAnyExcept(inline.Labels[0]) < 0)
                return Problems.Field(StatusCodes.Status422UnprocessableEntity, "data.labels", $"expected both 0 and 1 among the labels, got only {inline.Labels[0]}");
            if (request.PositiveClassValue is not (null or 0 or 1))
                return Problems.Field(StatusCodes.Status422UnprocessableEntity, "positiveClass", $"expected 0 or 1, the labels of 'data', got '{request.PositiveClass}'");
            data = TrainingData.From(id, inline);
            request = request with { Data = null, ModelName = request.ModelName ?? "model" };
        }
        else
        {
            var dataset = await db.Datasets.AsNoTracking().FindDatasetAsync(request.DatasetId!, cancellationToken);
            if (dataset is null)
                return Problems.NotFound($"data set '{request.DatasetId}'");
            if (Against(dataset, request) is { } problem)
                return problem;
            datasetId = dataset.Id;
            request = request with
            {
                DatasetId = dataset.Id.ToString(),
                Features = request.Features ?? [.. dataset.Columns.Select(c => c.Name).Where(name => name != request.Target)],
                ModelName = request.ModelName ?? dataset.Name,
            };
        }

        var job = new TrainingJob { Id = id, Status = TrainingJobStatus.Queued, Request = request, DatasetId = datasetId, CreatedAt = now };
        if (!await queue.TryEnqueueAsync(db, job, data, cancellationToken))
            return Problems.NotFound($"data set '{body.Value.DatasetId}'");

        job = await wait.ForEndAsync(job, prefer, context.Response);
        var location = $"/api/v1/training-jobs/{id}";
        if (job.FinishedAt is not null)
            return TypedResults.Created(location, TrainingJobResponse.From(job, fits));
        context.Response.Headers.RetryAfter = TrainingWait.RetryAfter;
        return TypedResults.Accepted(location, TrainingJobResponse.From(job, fits));
    }

    /// <summary>What the data set's columns say against the request.</summary>
    private static ProblemHttpResult? Against(Dataset dataset, TrainingRequest request)
    {
        var columns = dataset.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        for (var i = 0; i < request.Features?.Count; i++)
        {
            if (!columns.ContainsKey(request.Features[i]))
                return Problems.Field(StatusCodes.Status400BadRequest, $"features[{i}]", $"expected a column of data set '{dataset.Name}', got '{request.Features[i]}'");
        }

        if (!columns.TryGetValue(request.Target!, out var target))
            return Problems.Field(StatusCodes.Status400BadRequest, "target", $"expected a column of data set '{dataset.Name}', got '{request.Target}'");
        if (columns.Count == 1)
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, "datasetId", "expected a data set with a column besides the target");
        if (target.Distinct != 2)
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, "target", $"expected a column of two different values, but '{target.Name}' has {target.Distinct}");
        if (request.PositiveClassValue is { } positive && positive != target.Minimum && positive != target.Maximum)
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, "positiveClass", $"expected {target.Minimum} or {target.Maximum}, the values of '{target.Name}', got '{request.PositiveClass}'");
        var width = request.Features?.Count ?? columns.Count - 1;
        if (request.InitialWeights is { } weights && weights.Length != width)
            return Problems.Field(StatusCodes.Status400BadRequest, "initialWeights", $"expected a weight for each of the {width} features, got {weights.Length}");
        return null;
    }
}
