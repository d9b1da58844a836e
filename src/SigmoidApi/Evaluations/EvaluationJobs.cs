using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.Serving;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;
using SigmoidApi.TrainingJobs;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Evaluations;

/// <summary>What a job evaluates, as its row keeps it.</summary>
/// <param name="Model">The version.</param>
/// <param name="Target">The column of the classes.</param>
/// <param name="Request">The request; its data set is the job's.</param>
internal sealed record EvaluationTask(ModelVersionName Model, string Target, EvaluateModelRequest Request);

/// <summary>Evaluations of data sets that take longer than a request: jobs of the queue. The evaluation of a job has the job's id.</summary>
internal sealed class EvaluationJobs(
    ModelCache models, DatasetEngine engine, IDbContextFactory<SigmoidDbContext> contexts, TrainingQueue queue, RunningFits fits, TrainingWait wait,
    IOptions<EvaluationLimits> limits, IOptions<DatasetOptions> datasets, TimeProvider time)
{
    // Label, weight, the ranking and its copies.
    private const int BytesOfRow = 120;

    /// <summary>Stores a job, and waits for its end if the request prefers that.</summary>
    public async Task<Results<Created<EvaluationResponse>, Accepted<TrainingJobResponse>, EarlierAnswer, ProblemHttpResult>> AcceptAsync(
        EvaluationTask task, Dataset dataset, IdempotencyKey idempotency, string? prefer, HttpContext context, SigmoidDbContext db,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var job = new TrainingJob
        {
            Id = Guid.CreateVersion7(now),
            Status = TrainingJobStatus.Queued,
            Request = new()
            {
                DatasetId = dataset.Id.ToString(),
                Target = task.Target,
                SampleWeight = task.Request.SampleWeight,
                ModelName = task.Model.Name,
            },
            Work = new(JobKind.Evaluation, KeptAsJson.Write(task)),
            DatasetId = dataset.Id,
            CreatedAt = now,
            Warnings = [],
        };
        var (answer, location) = (TrainingJobResponse.From(job, fits), context.PathOf("GetTrainingJob", job.Id));
        var (copy, refused) = await queue.StoreAsync(
            job, null, task.Request.DatasetId, answer, location, idempotency, context, db, cancellationToken);
        if (copy is not null)
            return copy;
        if (refused is not null)
            return refused;
        if (TrainingWait.IsPreferred(prefer))
        {
            job = await wait.ForEndAsync(job, prefer, context.Response);
            answer = TrainingJobResponse.From(job, fits);
            if (job is { Status: TrainingJobStatus.Failed, Error: { Status: StatusCodes.Status422UnprocessableEntity } error })
            {
                // The answer of a request that is evaluated at once.
                context.Response.Headers.Remove("Preference-Applied");
                return TypedResults.Problem(error);
            }

            if (job.Status == TrainingJobStatus.Succeeded
                && await db.Evaluations.AsNoTracking().SingleOrDefaultAsync(e => e.Id == job.Id, cancellationToken) is { Answer: var evaluation })
            {
                var made = context.PathOf("GetEvaluation", job.Id);
                await idempotency.RenewAsync(StatusCodes.Status201Created, made, evaluation);
                return TypedResults.Created(made, evaluation);
            }

            await idempotency.RenewAsync(StatusCodes.Status202Accepted, location, answer, TrainingWait.RetryAfter);
        }

        context.Response.Headers.RetryAfter = TrainingWait.RetryAfter;
        return TypedResults.Accepted(location, answer);
    }

    /// <summary>Reads what the job of an evaluation needs.</summary>
    /// <exception cref="UntrainableDataException">A model of it has been deleted since.</exception>
    public async Task<PreparedJob> PrepareAsync(TrainingJob job, CancellationToken cancellationToken)
    {
        var task = KeptAsJson.Read<EvaluationTask>(job.Work!.Payload);
        var model = await RequireAsync(task.Model, cancellationToken);
        var other = task.Request.CompareWith is { } with ? await RequireAsync(with, cancellationToken) : null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var dataset = await db.Datasets.AsNoTracking().SingleAsync(d => d.Id == job.DatasetId, cancellationToken);
        var values = model.Outputs + (other?.Outputs ?? 0) + Math.Max(model.Columns.Count, other?.Columns.Count ?? 0) + (task.Request.GroupBy?.Count ?? 0);
        return new(dataset.Rows * (BytesOfRow + sizeof(double) * values), cancel => Evaluate(job.Id, task, dataset, model, other, cancel));
    }

    private async Task<ServedModel> RequireAsync(ModelVersionName name, CancellationToken cancellationToken) =>
        await models.FindAsync(name.Name, name.Version, cancellationToken)
            ?? throw new UntrainableDataException("model_is_gone", $"Version {name.Version} of model '{name.Name}' was deleted before the job ran.");

    private Action<SigmoidDbContext> Evaluate(
        Guid id, EvaluationTask task, Dataset dataset, ServedModel model, ServedModel? other, CancellationToken cancellationToken)
    {
        var (rows, failure) = Read(dataset, task.Request, task.Target, model, other, cancellationToken);
        if (failure is not null)
            throw new UntrainableDataException("invalid_input", $"{failure.Path}: {failure.Message}");
        try
        {
            var (answer, ranked) = rows!.Evaluate(
                task.Request, dataset.Id == model.DatasetId, other?.Name, limits.Value.MaxGroups, Environment.ProcessorCount, cancellationToken);
            answer = answer with { Id = id, Model = model.Name, DatasetId = dataset.Id, Target = task.Target, CreatedAt = time.GetUtcNow() };
            return db => db.Add(answer, ranked);
        }
        catch (TooManyGroupsException e)
        {
            throw new UntrainableDataException("too_many_groups", $"groupBy: {e.Message}");
        }
    }

    /// <summary>Scores a data set by one model or two. Blocks the calling thread.</summary>
    public (EvaluatedRows? Rows, InputFailure? Failure) Read(
        Dataset dataset, EvaluateModelRequest request, string target, ServedModel model, ServedModel? other, CancellationToken cancellationToken)
    {
        var streamedFrom = (long)datasets.Value.MemoryMegabytes << 20;
        var (scores, failure) = DatasetScores.Read(
            engine, dataset, model, target, request.SampleWeight, request.GroupBy ?? [], streamedFrom, cancellationToken);
        if (failure is not null)
            return (null, failure);
        double[]? others = null;
        if (other is not null)
        {
            (var ofOther, failure) = DatasetScores.Read(engine, dataset, other, target, request.SampleWeight, [], streamedFrom, cancellationToken);
            if (failure is not null)
                return (null, failure);
            others = ofOther!.Scores;
        }

        return (new(model.Classes, scores!.Labels, scores.Scores, AreLogOdds: true, scores.Weights, others, OthersAreLogOdds: true, scores.Groups), null);
    }
}
