using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>POST /training-jobs</c></summary>
internal static class CreateTrainingJob
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapPost("/", Handle).WithName("CreateTrainingJob").WithSummary("Train a model in the background")
            .WithDescription("Trains on a data set, or on `data` in the request. Answers 202 and the job; with `Prefer: wait=10`, 201 when the job ends within that many seconds.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithExampleOfAnswer(StatusCodes.Status201Created, "Succeeded", TrainingExamples.Succeeded).WithExampleOfAnswer(StatusCodes.Status202Accepted, "Queued", TrainingExamples.Queued)
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
            .WithExample("Firth's fit, its intervals by standard errors", """
                {
                  "data": { "features": [[1, 0.2], [2, 0.9], [3, 0.4], [4, 0.1], [5, 0.8], [6, 0.3], [7, 0.7], [8, 0.5]], "labels": [0, 0, 0, 0, 1, 1, 1, 1] },
                  "modelName": "separated", "penalty": "firth", "intervals": "wald"
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
        RunningFits fits,
        TrainingWait wait,
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
            if (Against(inline, request) is { } problem)
                return problem;
            data = InlineRows.From(id, inline);
            request = request with { Data = null, ModelName = request.ModelName ?? "model" };
        }
        else
        {
            var dataset = await db.Datasets.AsNoTracking().FindDatasetAsync(request.DatasetId!, cancellationToken);
            if (dataset is null)
                return await db.MissingDatasetAsync(request.DatasetId!, cancellationToken);
            if (Against(dataset, request) is { } problem)
                return problem;
            (datasetId, warnings) = (dataset.Id, RowsLeftOut.Of(dataset, request));
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
        Task<bool> IsFirst() => idempotency.TryKeepAsync(StatusCodes.Status202Accepted, location, answer, TrainingWait.RetryAfter);
        switch (await queue.TryEnqueueAsync(db, job, data, IsFirst, cancellationToken))
        {
            case Enqueued.DatasetIsGone:
                return await db.MissingDatasetAsync(body.Value.DatasetId!, cancellationToken);
            case Enqueued.QueueIsFull:
                context.Response.Headers.RetryAfter = TrainingWait.RetryAfter;
                return Problems.Of(StatusCodes.Status429TooManyRequests, "As many jobs wait as this service takes (Training:MaxQueueLength); send it again later.");
            case Enqueued.ByACopy:
                return await idempotency.WinnerAsync();
        }

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

    /// <summary>All columns but those that the request names for something else and texts of their own in nearly every row, in their order.</summary>
    private static string[] DefaultFeatures(Dataset dataset, TrainingRequest request) =>
    [
        .. dataset.Columns.Where(column => LeftOut.ReasonFor(column) is null || request.Preparation?.Columns?.ContainsKey(column.Name) is true).Select(column => column.Name)
            .Except(request.ColumnsBesideFeatures.Select(named => named.Column), StringComparer.Ordinal),
    ];

    /// <summary>What the data say against the request.</summary>
    private static ProblemHttpResult? Against(InlineData data, TrainingRequest request)
    {
        if (data.Labels.AsSpan().IndexOfAnyExcept(data.Labels[0]) < 0)
            return Impossible("data.labels", $"expected both 0 and 1 among the labels, got only {data.Labels[0]}");
        if (data.SampleWeight is { } weights && Array.TrueForAll(weights, weight => weight == 0))
            return Impossible("data.sampleWeight", "expected a weight above 0, got only 0");
        if (data.Clusters is { } clusters && Array.TrueForAll(clusters, cluster => cluster == clusters[0]))
            return Impossible("data.clusters", $"expected at least two different clusters, got only {clusters[0]}");
        return AgainstLabels(request, [new(0), new(1)], "the labels of 'data'");
    }

    /// <summary>What the data set's columns say against the request.</summary>
    private static ProblemHttpResult? Against(Dataset dataset, TrainingRequest request)
    {
        var columns = dataset.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var named = (request.Features ?? []).Select((column, i) => (Field: $"features[{i}]", Column: column)).Concat(request.ColumnsBesideFeatures)
            .Concat((request.Preparation?.Columns?.Keys ?? []).Select(column => (Field: $"preparation.columns{JsonPath.Member(column)}", Column: column)));
        foreach (var (field, column) in named)
        {
            if (!columns.ContainsKey(column))
                return Problems.Field(StatusCodes.Status400BadRequest, field, dataset.ExpectedColumn(column));
        }

        var width = request.Features?.Count ?? DefaultFeatures(dataset, request).Length;
        if (width == 0)
        {
            var others = string.Join(" and the ", request.ColumnsBesideFeatures.Select(c => c.Field));
            return Impossible("datasetId", $"expected a data set with a column besides the {others}");
        }

        var target = columns[request.Target!];
        if (TwoClasses.Against(target) is { } notTwo)
            return Impossible("target", notTwo);
        if (request.SampleWeight is { } weightColumn && columns[weightColumn] is var weights && !(weights.Minimum >= 0 && weights.Maximum > 0))
        {
            var found = weights.Distinct == 0 ? "has no values" : weights.IsText ? "is text" : $"goes from {weights.Minimum} to {weights.Maximum}";
            return Impossible("sampleWeight", $"expected a column of numbers of at least 0, one above it among them, but '{weights.Name}' {found}");
        }

        if (request.Validation?.TimeBy is { } time && columns[time].IsText)
            return Impossible("validation.timeBy", $"expected a column of dates or numbers, but '{time}' is text");
        foreach (var (field, column) in columns.Keys.Select(name => (Field: $"preparation.columns{JsonPath.Member(name)}", Column: columns[name])))
        {
            if (request.Preparation?.Columns?.GetValueOrDefault(column.Name) is { } word && AgainstPreparation(column, word) is { } message)
                return Impossible(field, message);
        }

        if (request.ClusterBy is { } clusterColumn && columns[clusterColumn].Distinct is var clusters and < 2)
            return Impossible("clusterBy", $"expected a column of at least two different values, but '{clusterColumn}' has {clusters}");
        if (request.InitialWeights is { } start && start.Length != width)
            return Problems.Field(StatusCodes.Status400BadRequest, "initialWeights", $"expected a weight for each of the {width} features, got {start.Length}");
        if (target.Categories is { } classes && classes.Any(category => category.Value.Length > ShownText.MostCharacters))
        {
            var longest = $"expected values of at most {ShownText.MostCharacters} characters";
            return Impossible("target", $"{longest}, but '{target.Name}' has longer ones, which every prediction would repeat");
        }

        ClassLabel[] labels = target.IsText ? [.. target.Categories!.Select(category => new ClassLabel(category.Value))] : [new(target.Minimum ?? 0), new(target.Maximum ?? 0)];
        return AgainstLabels(request, labels, $"the values of '{target.Name}'");
    }

    /// <summary>What a column says against how it is to be prepared.</summary>
    private static string? AgainstPreparation(ColumnProfile column, ColumnPreparationRequest word)
    {
        if (column.IsText && word.Type == TakenAs.Number)
            return $"expected 'category', since '{column.Name}' is text";
        var isCategory = word.Type == TakenAs.Category || (word.Type is null && column.IsText);
        if (isCategory && word.Imputation is Imputation.Mean or Imputation.Median)
            return $"expected the imputation 'most_frequent' or 'constant' for '{column.Name}', a category";
        if (isCategory && word is { Imputation: Imputation.Constant, FillLevel: null })
            return "expected a 'fillLevel' with the imputation 'constant' of a category";
        if (word.Reference is not null && !isCategory)
            return $"expected no reference level of '{column.Name}', which is no category";
        return word.Reference is { } level && column is { IsText: true, Categories: { } known } && column.Distinct <= known.Count
            && !known.Any(category => category.Value == ShownText.Short(level))
            ? $"expected a level of '{column.Name}' as the reference, got '{level}'{NearestName.Hint(level, known.Select(category => category.Value))}"
            : null;
    }

    /// <summary>Whether the request speaks of other labels than the target's two.</summary>
    private static ProblemHttpResult? AgainstLabels(TrainingRequest request, ClassLabel[] labels, string which)
    {
        var expected = string.Join(" or ", labels);
        if (request.PositiveClass is { } positive && !Array.Exists(labels, label => label.Is(positive)))
            return Impossible("positiveClass", $"expected {expected}, {which}, got '{positive}'");
        var weights = request.ClassWeight?.ByLabel?.Keys.ToArray() ?? [];
        if (Array.Find(weights, weight => !Array.Exists(labels, label => label.Is(weight))) is { } unknown)
            return Impossible("classWeight", $"expected weights for {string.Join(" and ", labels)}, {which}, got one for '{unknown}'");
        return weights.Length == 2 && Array.Exists(labels, label => Array.TrueForAll(weights, label.Is)) ? Impossible("classWeight", "expected each label once") : null;
    }

    private static ProblemHttpResult Impossible(string path, string message) => Problems.Field(StatusCodes.Status422UnprocessableEntity, path, message);
}
