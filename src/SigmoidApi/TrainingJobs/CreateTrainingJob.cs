using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Regression;
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
            if (Against(inline, request) is { } problem)
                return problem;
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
                Features = request.Features ?? DefaultFeatures(dataset, request),
                ModelName = request.ModelName ?? dataset.Name,
            };
        }

        // Shown with the defaults that hang on other fields.
        request = request with
        {
            Penalty = request.EffectivePenalty,
            C = request.Cs is null ? request.C ?? 1 : null,
            Selection = request.Selection ?? (request is { IsPath: true, Validation: not null } ? Selection.Best : null),
        };
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

    /// <summary>All columns but those that the request names for something else, in their order.</summary>
    private static string[] DefaultFeatures(Dataset dataset, TrainingRequest request) =>
        [.. dataset.Columns.Select(c => c.Name).Except(request.ColumnsBesideFeatures.Select(c => c.Column), StringComparer.Ordinal)];

    /// <summary>What the data say against the request.</summary>
    private static ProblemHttpResult? Against(InlineData data, TrainingRequest request)
    {
        if (data.Labels.AsSpan().IndexOfAnyExcept(data.Labels[0]) < 0)
            return Impossible("data.labels", $"expected both 0 and 1 among the labels, got only {data.Labels[0]}");
        if (data.SampleWeight is { } weights && Array.TrueForAll(weights, weight => weight == 0))
            return Impossible("data.sampleWeight", "expected a weight above 0, got only 0");
        if (data.Clusters is { } clusters && Array.TrueForAll(clusters, cluster => cluster == clusters[0]))
            return Impossible("data.clusters", $"expected at least two different clusters, got only {clusters[0]}");
        return AgainstLabels(request, 0, 1, "the labels of 'data'");
    }

    /// <summary>What the data set's columns say against the request.</summary>
    private static ProblemHttpResult? Against(Dataset dataset, TrainingRequest request)
    {
        var columns = dataset.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var named = (request.Features ?? []).Select((column, i) => (Field: $"features[{i}]", Column: column)).Concat(request.ColumnsBesideFeatures);
        foreach (var (field, column) in named)
        {
            if (!columns.ContainsKey(column))
                return Problems.Field(StatusCodes.Status400BadRequest, field, $"expected a column of data set '{dataset.Name}', got '{column}'");
        }

        var width = request.Features?.Count ?? DefaultFeatures(dataset, request).Length;
        if (width == 0)
        {
            var others = string.Join(" and the ", request.ColumnsBesideFeatures.Select(c => c.Field));
            return Impossible("datasetId", $"expected a data set with a column besides the {others}");
        }

        var target = columns[request.Target!];
        if (target.Distinct != 2)
            return Impossible("target", $"expected a column of two different values, but '{target.Name}' has {target.Distinct}");
        if (request.SampleWeight is { } weightColumn && columns[weightColumn] is var weights && (weights.Minimum < 0 || weights.Maximum == 0))
        {
            return Impossible("sampleWeight",
                $"expected a column of numbers of at least 0, one above it among them, but '{weights.Name}' goes from {weights.Minimum} to {weights.Maximum}");
        }

        if (request.ClusterBy is { } clusterColumn && columns[clusterColumn].Distinct < 2)
            return Impossible("clusterBy", $"expected a column of at least two different values, but '{clusterColumn}' has 1");
        if (request.InitialWeights is { } start && start.Length != width)
            return Problems.Field(StatusCodes.Status400BadRequest, "initialWeights", $"expected a weight for each of the {width} features, got {start.Length}");
        return AgainstLabels(request, target.Minimum, target.Maximum, $"the values of '{target.Name}'");
    }

    /// <summary>Whether the request speaks of other labels than the target's two.</summary>
    private static ProblemHttpResult? AgainstLabels(TrainingRequest request, double low, double high, string labels)
    {
        if (request.PositiveClassValue is { } positive && positive != low && positive != high)
            return Impossible("positiveClass", $"expected {low} or {high}, {labels}, got '{request.PositiveClass}'");
        var unknown = request.ClassWeight?.ByLabel?.Keys.FirstOrDefault(label => LabelWeights.NumberOf(label) is var value && value != low && value != high);
        return unknown is null ? null : Impossible("classWeight", $"expected weights for {low} and {high}, {labels}, got one for '{unknown}'");
    }

    private static ProblemHttpResult Impossible(string path, string message) => Problems.Field(StatusCodes.Status422UnprocessableEntity, path, message);
}
