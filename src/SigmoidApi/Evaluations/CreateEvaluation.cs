using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.Serving;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs;

namespace SigmoidApi.Evaluations;

/// <summary><c>POST /models/{name}/evaluations</c>, <c>POST /models/{name}/versions/{version}/evaluations</c> and <c>POST /evaluations</c></summary>
internal sealed class CreateEvaluation(
    ModelCache models, EvaluationJobs jobs, ComputeThreads threads, IOptions<EvaluationLimits> limits, IOptions<LimitOptions> requests, TimeProvider time)
{
    // A row is read, scored, sorted and summed several times.
    private const double WorkOfRow = 1_000;

    public static void Map(RouteGroupBuilder models, RouteGroupBuilder evaluations)
    {
        Describe(models.MapPost("/{name}/evaluations",
                (string name, IdempotencyKey idempotency, JsonBody<EvaluateModelRequest> body, [FromHeader(Name = "Prefer")] string? prefer,
                    HttpContext context, SigmoidDbContext db, CreateEvaluation create, CancellationToken cancellationToken) =>
                    create.OfModelAsync(name, null, idempotency, body, prefer, context, db, cancellationToken))
            .WithName("EvaluateModel").WithSummary("Evaluate the latest version of a model on rows with known classes"));
        Describe(models.MapPost("/{name}/versions/{version:int}/evaluations",
                (string name, int version, IdempotencyKey idempotency, JsonBody<EvaluateModelRequest> body, [FromHeader(Name = "Prefer")] string? prefer,
                    HttpContext context, SigmoidDbContext db, CreateEvaluation create, CancellationToken cancellationToken) =>
                    create.OfModelAsync(name, version, idempotency, body, prefer, context, db, cancellationToken))
            .WithModelVersion().WithExampleOf("version", "1")
            .WithName("EvaluateModelVersion").WithSummary("Evaluate a version of a model on rows with known classes"));
        evaluations.MapPost("/",
                (IdempotencyKey idempotency, JsonBody<EvaluateScoresRequest> body, HttpContext context, SigmoidDbContext db, CreateEvaluation create,
                    CancellationToken cancellationToken) => create.OfScoresAsync(idempotency, body, context, db, cancellationToken))
            .WithName("EvaluateScores").WithSummary("Evaluate probabilities of two classes that were made elsewhere")
            .WithDescription("The answer is stored, as that of `POST /models/{name}/evaluations`. With `otherProbabilities` two models are compared.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithExample("Scores", """{ "labels": [1, 0, 1, 1, 0, 0], "probabilities": [0.9, 0.3, 0.6, 0.4, 0.5, 0.1] }""")
            .WithExample("Two models", """
                {
                  "labels": ["bad", "good", "bad", "good"], "probabilities": [0.9, 0.3, 0.6, 0.4], "otherProbabilities": [0.8, 0.2, 0.3, 0.5],
                  "costs": { "falsePositive": 1, "falseNegative": 5 }, "precisionAtLeast": [0.9]
                }
                """)
            .WithExampleOfAnswer(StatusCodes.Status201Created, "Scores", EvaluationExamples.Scores);
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription(
                "Takes a data set with the columns that the model needs and the classes, or `data` in the request. Only these are required. "
                + "Everything is weighted "
                + "by `sampleWeight`, and exact; `docs/figures.md` has the definitions. A data set with more rows, times one more than the resamples, than "
                + "`Evaluations:MaxRowsTimesResamples` is evaluated by a job: the answer is 202 with the job, unless it ends while "
                + "`Prefer: wait=10` waits. The answer is stored and never changes, also if the model or the data set "
                + "is deleted; its curves are at `GET /evaluations/{id}/curves/{curve}`.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithExample("A data set", """
                {
                  "datasetId": "mails", "threshold": 0.5, "costs": { "falsePositive": 5, "falseNegative": 1 },
                  "precisionAtLeast": [0.9], "recallAtLeast": [0.9]
                }
                """)
            .WithExample("Rows in the request, compared with another version", """
                {
                  "data": {
                    "rows": [
                      { "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 },
                      { "word_freq_free": 0, "char_freq_!": 0, "capital_run_length": 3 },
                      { "word_freq_free": 0.2, "char_freq_!": 0.5, "capital_run_length": 9 }
                    ],
                    "labels": [1, 0, 0]
                  },
                  "compareWith": { "name": "mails", "version": 1 }
                }
                """)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithWait(StatusCodes.Status201Created, StatusCodes.Status202Accepted)
            .WithExampleOfAnswer(StatusCodes.Status201Created, "A data set", EvaluationExamples.Mails)
            .WithExampleOfAnswer(StatusCodes.Status202Accepted, "Queued", EvaluationExamples.Queued)
            .WithModelName().WithExampleOf("name", "\"mails\"");

    private async Task<Results<Created<EvaluationResponse>, Accepted<TrainingJobResponse>, EarlierAnswer, ProblemHttpResult>> OfModelAsync(string name,
        int? version, IdempotencyKey idempotency, JsonBody<EvaluateModelRequest> body, string? prefer, HttpContext context, SigmoidDbContext db,
        CancellationToken cancellationToken)
    {
        if (await idempotency.EarlierAsync(body.Sha256) is { } earlier)
            return earlier;
        var request = body.Value;
        if (await models.FindAsync(name, version, cancellationToken) is not { } model)
            return await models.MissingAsync(name, version, cancellationToken);
        if (PredictWithModel.ThresholdFailure(request.Threshold, model) is { } wrong)
            return Problems.From(wrong);
        ServedModel? other = null;
        if (request.CompareWith is { } with)
        {
            other = await models.FindAsync(with.Name, with.Version, cancellationToken);
            if (other is null)
                return await models.MissingAsync(with.Name, with.Version, cancellationToken);
            if (ComparisonFailure(model, other) is { } message)
                return Problems.Field(StatusCodes.Status422UnprocessableEntity, "compareWith", message);
        }

        Dataset? dataset = null;
        if (request.DatasetId is { } reference && (dataset = await db.Datasets.AsNoTracking().FindDatasetAsync(reference, cancellationToken)) is null)
            return await db.MissingDatasetAsync(reference, cancellationToken);
        var isLarge = (dataset?.Rows ?? request.Data!.Rows.Rows) * (1.0 + request.Resamples) > limits.Value.MaxRowsTimesResamples;
        if (isLarge && dataset is null)
        {
            return Problems.Field(StatusCodes.Status413PayloadTooLarge, "resamples",
                $"expected rows times one more than the resamples to be at most {limits.Value.MaxRowsTimesResamples} (Evaluations:MaxRowsTimesResamples)");
        }

        var target = request.Target ?? model.Target;
        if (dataset is not null && target is null)
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest, "target", "expected the column of the classes, since the model was trained on data without a target's name");
        }

        if (isLarge)
            return await jobs.AcceptAsync(new(model.Name, target!, request), dataset!, idempotency, prefer, context, db, cancellationToken);
        return (await StoreAsync(() =>
        {
            var (rows, failure) = dataset is null
                ? OfRequest(request.Data!, model, other)
                : jobs.Read(dataset, request, target!, model, other, cancellationToken);
            return (rows, failure, dataset is not null && dataset.Id == model.DatasetId);
        }, request, model.Name, dataset?.Id, dataset is null ? null : target, other?.Name, idempotency, context, db, cancellationToken)).Result switch
        {
            Created<EvaluationResponse> created => created,
            EarlierAnswer copy => copy,
            ProblemHttpResult problem => problem,
            var result => throw new InvalidOperationException($"Unexpected answer {result}."),
        };
    }

    private async Task<Results<Created<EvaluationResponse>, EarlierAnswer, ProblemHttpResult>> OfScoresAsync(
        IdempotencyKey idempotency, JsonBody<EvaluateScoresRequest> body, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (await idempotency.EarlierAsync(body.Sha256) is { } earlier)
            return earlier;
        var request = body.Value;
        if (request.Probabilities.Length * (1.0 + request.Resamples) > limits.Value.MaxRowsTimesResamples)
        {
            return Problems.Field(StatusCodes.Status413PayloadTooLarge, "resamples",
                $"expected rows times one more than the resamples to be at most {limits.Value.MaxRowsTimesResamples} (Evaluations:MaxRowsTimesResamples)");
        }

        var (classes, labels, problem) = TwoClasses(request.Labels);
        if (problem is not null)
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, "labels", problem);
        var rows = new EvaluatedRows(classes, labels, request.Probabilities, AreLogOdds: false, request.Weights, request.OtherProbabilities);
        return await StoreAsync(() => (rows, null, false), request, null, null, null, null, idempotency, context, db, cancellationToken);
    }

    private delegate (EvaluatedRows? Rows, InputFailure? Failure, bool FittedOnThese) ReadRows();

    private async Task<Results<Created<EvaluationResponse>, EarlierAnswer, ProblemHttpResult>> StoreAsync(ReadRows read, EvaluationSettings settings,
        ModelVersionName? model, Guid? datasetId, string? target, ModelVersionName? other, IdempotencyKey idempotency, HttpContext context,
        SigmoidDbContext db, CancellationToken cancellationToken)
    {
        InputFailure? failure = null;
        (EvaluationResponse Answer, IReadOnlyList<(int Class, RankedScores Ranked)> Ranked)? evaluated;
        try
        {
            evaluated = await threads.RunAsync<(EvaluationResponse, IReadOnlyList<(int, RankedScores)>)?>(double.MaxValue, () =>
            {
                var (rows, wrong, fitted) = read();
                if ((failure = wrong ?? WeightFailure(rows!.Weights)) is not null)
                    return null;
                return rows!.Evaluate(settings, fitted, other, limits.Value.MaxGroups, Environment.ProcessorCount, cancellationToken);
            }, cancellationToken);
        }
        catch (TooManyGroupsException many)
        {
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, "groupBy", many.Message);
        }

        if (evaluated is not { } found)
            return Problems.From(failure!);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var answer = found.Answer with { Id = id, Model = model, DatasetId = datasetId, Target = target, CreatedAt = now };
        var location = context.PathOf("GetEvaluation", id);
        await using var transaction = await db.BeginAsync(cancellationToken);
        if (!await idempotency.TryKeepAsync(StatusCodes.Status201Created, location, answer))
        {
            await transaction.DisposeAsync();
            return await idempotency.WinnerAsync();
        }

        db.Add(answer, found.Ranked);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Created(location, answer);
    }

    private (EvaluatedRows? Rows, InputFailure? Failure) OfRequest(EvaluationRows data, ServedModel model, ServedModel? other)
    {
        if (data.Rows.Rows * (long)model.Outputs > requests.Value.MaxValues)
        {
            return (null, new(StatusCodes.Status413PayloadTooLarge, "data.rows",
                $"expected at most {requests.Value.MaxValues / model.Outputs} rows for a model of {model.Outputs} classes ({JsonLimits.ValuesSetting})"));
        }

        var labels = new double[data.Rows.Rows];
        for (var i = 0; i < labels.Length; i++)
        {
            var text = data.Labels.Texts is { } texts ? texts[(int)data.Labels.Values[i]]
                : data.Labels.AreBooleans ? data.Labels.Values[i] == 1 ? "true" : "false"
                : new ClassLabel(data.Labels.Values[i]).ToString();
            labels[i] = model.Classes.Index().Where(label => label.Item.Is(text)).Select(label => label.Index).FirstOrDefault(-1);
            if (labels[i] < 0)
            {
                return (null, new(StatusCodes.Status422UnprocessableEntity, $"data.labels[{i}]",
                    $"expected one of the model's classes ({string.Join(", ", model.Classes.Take(10))}), got '{text}'"));
            }
        }

        var (scores, failure) = Scored(data.Rows, model);
        if (failure is not null)
            return (null, failure);
        double[]? others = null;
        if (other is not null)
            (others, failure) = Scored(data.Rows, other);
        return failure is not null
            ? (null, failure)
            : (new(model.Classes, labels, scores!, AreLogOdds: true, data.Weights, others, OthersAreLogOdds: true), null);
    }

    private static (double[]? Scores, InputFailure? Failure) Scored(Records rows, ServedModel model)
    {
        using var observations = Observations.From(rows, model, (row, name) => $"data.rows[{row}]{JsonPath.Member(name)}");
        if (observations.Failure is { } failure)
            return (null, failure);
        var scores = new double[observations.Rows * model.Outputs];
        model.Score(observations.Numbers, observations.Codes, scores);
        return (scores, null);
    }

    private static string? ComparisonFailure(ServedModel model, ServedModel other) =>
        model.Classes.Count > 2 ? "expected nothing for a model of more than two classes: comparisons are of two classes"
        : !other.Classes.SequenceEqual(model.Classes) ? $"expected a model of the same classes in the same order ({string.Join(", ", model.Classes)}), "
            + $"but version {other.Name.Version} of '{other.Name.Name}' has {string.Join(", ", other.Classes.Take(10))}"
        : null;

    private static InputFailure? WeightFailure(double[]? weights) => weights is not null && Array.TrueForAll(weights, weight => weight == 0)
        ? new(StatusCodes.Status422UnprocessableEntity, "weights", "expected a weight above 0, got only 0")
        : null;

    /// <summary>
    /// The classes of labels, and the index of each; or why they are not of two classes. A single class is taken for the second if it is 1 or true.
    /// </summary>
    private static (IReadOnlyList<ClassLabel> Classes, double[] Labels, string? Problem) TwoClasses(Labels labels)
    {
        ClassLabel[] present = labels.Texts is { } texts
            ? [.. texts.Order(StringComparer.Ordinal).Select(text => new ClassLabel(text))]
            : [.. labels.Values.Distinct().Order().Select(value => labels.AreBooleans ? new ClassLabel(value == 1) : new ClassLabel(value))];
        if (present.Length == 1 && present[0].Text is null && present[0].Number is 0 or 1)
            present = labels.AreBooleans ? [new(false), new(true)] : [new(0.0), new(1.0)];
        if (present.Length != 2)
        {
            return ([], [], present.Length == 1
                ? $"expected labels of two classes, got only '{present[0]}'; with one class alone write the labels as 0 or 1"
                : $"expected labels of two classes, got {present.Length}");
        }

        var places = labels.Texts?.Select(text => text == present[1].Text ? 1.0 : 0.0).ToArray();
        return (present, Array.ConvertAll(labels.Values, value => places is null ? value == present[1].Number ? 1.0 : 0.0 : places[(int)value]), null);
    }
}
