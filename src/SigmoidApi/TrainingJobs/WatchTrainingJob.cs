using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>GET /training-jobs/{id}/events</c></summary>
internal static class WatchTrainingJob
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapGet("/{id}/events", Handle).WithName("WatchTrainingJob").WithSummary("Watch a training job: server-sent events")
            .WithDescription(
                "`progress` events while the job runs, in any replica, each with its step as id; then one `succeeded`, `failed` or `canceled` with the job, "
                + "after which the stream ends. `Last-Event-ID` resumes the stream: the iterations since then come first. "
                + "`heartbeat` events keep the connection open while there are no others. 204 for a client that has seen the last event.")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Events)
            .WithExampleOfAnswer(StatusCodes.Status200OK,
                "An iteration",
                "id: 3\nevent: progress\ndata: { \"iteration\": 3, \"loss\": 0.41, \"fraction\": 0.003, \"step\": 3 }\n\n",
                MediaTypes.Events)
            .WithAnswer(StatusCodes.Status200OK,
                "`TrainingEvent`s: `progress` with a `TrainingProgress`, or with a `LossPoint` for an iteration after `Last-Event-ID`; "
                + "`heartbeat` with a `TrainingHeartbeat`; and last `succeeded`, `failed` or `canceled` with the `TrainingJobResponse`.",
                MediaTypes.Events)
            .WithItemsOfAnswer(StatusCodes.Status200OK, MediaTypes.Events, typeof(TrainingEvent))
            .WithAnswer(StatusCodes.Status204NoContent, "The client has seen the last event.")
            .WithAnswerHeader(StatusCodes.Status200OK, "X-Accel-Buffering", "`no`: proxies must not buffer the events.")
            .WithAnswerHeader(StatusCodes.Status200OK, "Pragma", "`no-cache`: the events must not be cached.")
            .WithRequestHeader("Last-Event-ID", "The id of the last event that the client has seen; EventSource sends it by itself.", Schemas.Text())
            .ProducesProblem(StatusCodes.Status404NotFound).WithJobId().WithExampleOf("id", "\"latest\"");

    private static async Task<Results<ServerSentEventsResult<string>, NoContent, ProblemHttpResult>> Handle(
        string id,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        HttpContext context,
        IDbContextFactory<SigmoidDbContext> contexts,
        RunningFits fits,
        TrainingFeeds feeds,
        Drain drain,
        IOptions<LimitOptions> limits,
        IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        // A context of its own: that of the request would live as long as the stream.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.TrainingJobs.FindJobIdAsync(id, cancellationToken) is not { } jobId)
            return Problems.NotFound($"training job '{id}'");
        if (lastEventId == TrainingEvent.EndId)
            return TypedResults.NoContent();
        int? seen = int.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
        LossPoint[] missed = seen is null
            ? []
            : [.. (await GetTrainingHistory.PointsAsync(jobId, db, fits, cancellationToken)).Where(point => point.Step > seen)];
        // Proxies that buffer answers would delay the events.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var stream = new EventStream(context.Response, feeds, fits, json.Value.SerializerOptions, TimeSpan.FromSeconds(limits.Value.HeartbeatSeconds), time);
        // The answer to HEAD is only the headers; it does not wait for the job.
        return TypedResults.ServerSentEvents(HttpMethods.IsHead(context.Request.Method)
            ? AsyncEnumerable.Empty<SseItem<string>>()
            : stream.EventsAsync(jobId, seen ?? -1, missed, drain.Over, cancellationToken));
    }

    private sealed class EventStream(
        HttpResponse response, TrainingFeeds feeds, RunningFits fits, JsonSerializerOptions json, TimeSpan heartbeat, TimeProvider time)
    {
        public async IAsyncEnumerable<SseItem<string>> EventsAsync(
            Guid jobId, int step, LossPoint[] missed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
            using var subscription = await feeds.SubscribeAsync(jobId, cancellationToken);
            // The first event may take long; the client must get the headers at once.
            await response.Body.FlushAsync(cancellationToken);
            // No event has a step that the client has seen, even if the fit has resumed from an earlier checkpoint.
            foreach (var point in missed)
            {
                step = point.Step;
                var missedEvent = Event(TrainingEvent.Progress, point, point.Step.ToString(CultureInfo.InvariantCulture));
                yield return missedEvent with { ReconnectionInterval = ReconnectAfter };
            }

            while (true)
            {
                var (job, changed) = subscription.State;
                if (job.Progress is { } progress && progress.Step > step)
                {
                    step = progress.Step;
                    yield return Event(TrainingEvent.Progress, progress, step.ToString(CultureInfo.InvariantCulture));
                }

                if (job.FinishedAt is not null)
                {
                    yield return Event(job.Status.ToString().ToLowerInvariant(), TrainingJobResponse.From(job, fits), TrainingEvent.EndId);
                    yield break;
                }

                if (!await ChangesAsync(changed, leaving.Token))
                {
                    if (leaving.IsCancellationRequested)
                        yield break;
                    yield return Event(TrainingEvent.Heartbeat, new TrainingHeartbeat(job.Status), id: null);
                }
            }
        }

        private async Task<bool> ChangesAsync(Task changed, CancellationToken leaving)
        {
            try
            {
                await changed.WaitAsync(heartbeat, time, leaving);
                return true;
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                return false;
            }
        }

        private SseItem<string> Event<T>(string type, T data, string? id) => new(JsonSerializer.Serialize(data, json), type) { EventId = id };
    }
}
