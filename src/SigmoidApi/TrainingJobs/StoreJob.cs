using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Idempotency;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary>Puts the job of a request into the queue.</summary>
internal static class StoreJob
{
    /// <summary>Stores a job, and its answer under the request's idempotency key.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="job">The job.</param>
    /// <param name="data">Its inline data; null for a data set.</param>
    /// <param name="dataset">The data set as the request names it.</param>
    /// <param name="answer">The answer to the request.</param>
    /// <param name="location">The job's location.</param>
    /// <param name="idempotency">The request's key.</param>
    /// <param name="context">The request.</param>
    /// <param name="db">The store.</param>
    /// <param name="cancellationToken">Ends the call before anything is stored.</param>
    /// <returns>What to answer instead if the job was not stored.</returns>
    public static async Task<(EarlierAnswer? Earlier, ProblemHttpResult? Problem)> StoreAsync(
        this TrainingQueue queue, TrainingJob job, InlineRows? data, string? dataset, TrainingJobResponse answer, string location,
        IdempotencyKey idempotency, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        Task<bool> IsFirst() => idempotency.TryKeepAsync(StatusCodes.Status202Accepted, location, answer, TrainingWait.RetryAfter);
        switch (await queue.TryEnqueueAsync(db, job, data, IsFirst, cancellationToken))
        {
            case EnqueueResult.DatasetIsGone:
                return (null, await db.MissingDatasetAsync(dataset!, cancellationToken));
            case EnqueueResult.QueueIsFull:
                context.Response.Headers.RetryAfter = TrainingWait.RetryAfter;
                return (null, Problems.Of(
                    StatusCodes.Status429TooManyRequests,
                    "The queue of training jobs is full (Training:MaxQueueLength); send the request again later."));
            case EnqueueResult.StoredByACopy:
                return (await idempotency.WinnerAsync(), null);
            default:
                return (null, null);
        }
    }
}
