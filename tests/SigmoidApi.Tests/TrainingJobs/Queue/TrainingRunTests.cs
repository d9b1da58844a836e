using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Models;
using SigmoidApi.Tests.Database;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.TrainingJobs.Queue;

public sealed class SqliteTrainingRunTests(SqliteApplication store) : TrainingRunTests(store), IClassFixture<SqliteApplication>;

[Trait("Speed", "Slow")]
public sealed class PostgresTrainingRunTests(PostgresApplication store) : TrainingRunTests(store), IClassFixture<PostgresApplication>;

/// <summary>Running jobs: their progress, history and events, and the ways to end them, on each kind of store.</summary>
public abstract class TrainingRunTests(StoreApplication store)
{
    private readonly ApiClient _api = store.Api;

    [Fact]
    public async Task StoppedJobKeepsItsCurrentModel()
    {
        var id = await _api.Enqueue(LongFit.Request("stopped"));
        await _api.Running(id);

        var answer = (await _api.Post($"training-jobs/{id}/stop", "")).Expect(HttpStatusCode.Accepted);
        answer.Headers.Location.ShouldBe(new Uri($"/api/v1/training-jobs/{id}", UriKind.Relative));
        var job = await _api.Ended(id);

        job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
        var progress = job.GetProperty("progress");
        progress.GetProperty("iteration").GetInt32().ShouldBeLessThan(1_000_000);
        var model = (await _api.Get("models/stopped")).Expect(HttpStatusCode.OK).Json;
        var convergence = model.GetProperty("convergence");
        convergence.GetProperty("converged").GetBoolean().ShouldBeFalse();
        convergence.GetProperty("iterations").GetInt32().ShouldBe(progress.GetProperty("iteration").GetInt32());
        convergence.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString()).ShouldContain("stopped");
        model.GetProperty("metrics").GetProperty("training").GetProperty("logLoss").GetDouble().ShouldBe(progress.GetProperty("loss").GetDouble(), 1e-12);
        (await _api.Post($"training-jobs/{id}/stop", "")).Problem(HttpStatusCode.Conflict).Detail
            .ShouldBe($"Training job {id} has ended; its status is 'succeeded'.");
    }

    [Fact]
    public async Task JobThatHasNotStartedCannotBeStopped()
    {
        await using var own = await store.Another();
        var running = await own.Api.Enqueue(LongFit.Request());
        await own.Api.Running(running);
        var queued = await own.Api.Enqueue(LongFit.Quick);

        (await own.Api.Post($"training-jobs/{queued}/stop", "")).Problem(HttpStatusCode.Conflict).Detail
            .ShouldBe($"Training job {queued} has not started, so there is no model to keep; cancel it instead.");
        (await own.Api.Post("training-jobs/01999999-0000-7000-8000-000000000000/stop", "")).Problem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("cancel", "canceled")]
    [InlineData("stop", "succeeded")]
    public async Task DeadlineEndsTheJobAsItsRequestSays(string onTimeout, string status)
    {
        var request = LongFit.Request($"deadline-{onTimeout}").Insert(1, $"\"timeoutSeconds\": 0.3, \"onTimeout\": \"{onTimeout}\", ");

        var job = await _api.Ended(await _api.Enqueue(request));

        job.GetProperty("status").GetString().ShouldBe(status, job.ToString());
        if (status == "canceled")
        {
            job.GetProperty("error").GetProperty("status").GetInt32().ShouldBe(408);
            job.GetProperty("error").GetProperty("code").GetString().ShouldBe("timeout");
            job.GetProperty("error").GetProperty("detail").GetString().ShouldBe("The job took longer than its timeoutSeconds, 0.3.");
        }
    }

    [Fact]
    public async Task DeadlineMayBeAYearIfTheSettingAllowsIt()
    {
        await using var own = await store.Another(("Training:MaxSeconds", "31536000"));

        var job = await own.Api.Train(LongFit.Quick.Insert(1, "\"timeoutSeconds\": 31536000, "));

        job.GetProperty("request").GetProperty("timeoutSeconds").GetDouble().ShouldBe(31_536_000);
        (await _api.Post("training-jobs", LongFit.Quick.Insert(1, "\"timeoutSeconds\": 86401, "))).Error()
            .ShouldBe(("timeoutSeconds", "expected more than 0 and at most 86400 seconds (Training:MaxSeconds), got 86401"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e9")]
    public async Task DeadlineMustBePositiveAndWithinTheSetting(string seconds) =>
        (await _api.Post("training-jobs", LongFit.Quick.Insert(1, $"\"timeoutSeconds\": {seconds}, "))).Error().Path.ShouldBe("timeoutSeconds");

    [Theory]
    [InlineData("cancel", "canceled")]
    [InlineData("stop", "succeeded")]
    public async Task SettingEndsAJobWithoutADeadline(string onTimeout, string status)
    {
        await using var own = await store.Another(("Training:MaxSeconds", "0.3"));

        var job = await own.Api.Ended(await own.Api.Enqueue(LongFit.Request().Insert(1, $"\"onTimeout\": \"{onTimeout}\", ")));

        job.GetProperty("status").GetString().ShouldBe(status, job.ToString());
        if (status == "canceled")
            job.GetProperty("error").GetProperty("detail").GetString().ShouldBe("The job took longer than a job may (Training:MaxSeconds), 0.3 seconds.");
    }

    [Fact]
    public async Task DeadlineBeyondTheSettingIsRefused()
    {
        await using var own = await store.Another(("Training:MaxSeconds", "60"));

        (await own.Api.Post("training-jobs", LongFit.Quick.Insert(1, "\"timeoutSeconds\": 61, "))).Error()
            .ShouldBe(("timeoutSeconds", "expected more than 0 and at most 60 seconds (Training:MaxSeconds), got 61"));
        await own.Api.Train(LongFit.Quick.Insert(1, "\"timeoutSeconds\": 60, "));
    }

    [Fact]
    public async Task EveryIterationIsInTheHistory()
    {
        var id = await _api.Enqueue(LongFit.Request("history", iterations: 300));
        await _api.Ended(id);

        var points = (await _api.Get($"training-jobs/{id}/history")).Expect(HttpStatusCode.OK).Json.GetProperty("points").EnumerateArray().ToArray();

        points.Select(point => point.GetProperty("step").GetInt32()).ShouldBe(Enumerable.Range(0, 301));
        points.Select(point => point.GetProperty("iteration").GetInt32()).ShouldBe(Enumerable.Range(0, 301));
        points[^1].GetProperty("loss").GetDouble().ShouldBe((await _api.Job(id)).GetProperty("progress").GetProperty("loss").GetDouble());
        points.Select(point => point.GetProperty("loss").GetDouble()).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task LongHistoryIsThinnedEvenlyAndKeepsItsFirstAndLastPoint()
    {
        await using var own = await store.Another(("Training:MaxHistoryPoints", "100"));
        var id = await own.Api.Enqueue(LongFit.Request("thinned", iterations: 1_030));
        await own.Api.Ended(id);

        var points = (await own.Api.Get($"training-jobs/{id}/history")).Json.GetProperty("points").EnumerateArray();

        points.Select(point => point.GetProperty("step").GetInt32()).ShouldBe([.. Enumerable.Range(0, 65).Select(i => 16 * i), 1_030]);
    }

    [Fact]
    public async Task EventsShowProgressAndTheEnd()
    {
        var id = await _api.Enqueue(LongFit.Request("watched"));
        await _api.Running(id);
        using var answer = await Watch(id);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");

        var seen = new List<SseItem<string>>();
        await foreach (var item in Events(answer))
        {
            seen.Add(item);
            if (seen.Count == 3)
                (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);
        }

        seen.Count.ShouldBeGreaterThanOrEqualTo(4);
        seen[..^1].ShouldAllBe(item => item.EventType == "progress");
        var steps = seen[..^1].Select(item => JsonElement.Parse(item.Data).GetProperty("step").GetInt32()).ToArray();
        steps.ShouldBe(steps.Distinct().Order());
        seen[..^1].Select(item => item.EventId).ShouldBe(steps.Select(step => $"{step}"));
        (seen[^1].EventType, seen[^1].EventId).ShouldBe(("canceled", "end"));
        JsonElement.Parse(seen[^1].Data).GetProperty("id").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task EventsResumeAfterTheLastEventId()
    {
        var id = await _api.Enqueue(LongFit.Request("resumed", iterations: 200));
        await _api.Ended(id);

        using var answer = await Watch(id, ("Last-Event-ID", "150"));
        var events = new List<SseItem<string>>();
        await foreach (var item in Events(answer))
            events.Add(item);

        events[..^1].Select(item => item.EventId).ShouldBe(Enumerable.Range(151, 50).Select(step => $"{step}"));
        (events[^1].EventType, events[^1].EventId).ShouldBe(("succeeded", "end"));
        // A client with the last id has seen all events; a browser does not reconnect after a 204.
        using var none = await Watch(id, ("Last-Event-ID", "end"));
        none.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task EventsNeverRepeatASeenStep()
    {
        var id = await _api.Enqueue(LongFit.Request("seen", iterations: 200));
        await _api.Ended(id);

        // As if an earlier run had come further before it was lost.
        using var answer = await Watch(id, ("Last-Event-ID", "500"));
        var events = new List<string>();
        await foreach (var item in Events(answer))
            events.Add(item.EventType);

        events.ShouldBe(["succeeded"]);
    }

    [Fact]
    public async Task EventsAnswerBeforeTheFirstEvent()
    {
        await using var own = await store.Another(("Limits:HeartbeatSeconds", "3600"));
        await own.Api.Running(await own.Api.Enqueue(LongFit.Request()));
        var queued = await own.Api.Enqueue(LongFit.Quick);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/training-jobs/{queued}/events", UriKind.Relative));

        using var answer = await own.Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
    }

    [Fact]
    public async Task EventsOfAnEndedJobShowItsEndAtOnce()
    {
        var id = (await _api.Train(LongFit.Quick)).GetProperty("id").GetString()!;
        using var answer = await Watch(id);

        var events = new List<string>();
        await foreach (var item in Events(answer))
            events.Add(item.EventType);

        events.ShouldBe(["progress", "succeeded"]);
        (await _api.Get("training-jobs/nonsense/events")).Problem(HttpStatusCode.NotFound);
        (await _api.Get("training-jobs/nonsense/history")).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task JobIsRefusedWhenTheQueueIsFull()
    {
        await using var own = await store.Another(("Training:MaxQueueLength", "2"));
        await own.Api.Running(await own.Api.Enqueue(LongFit.Request()));
        await own.Api.Enqueue(LongFit.Quick);
        await own.Api.Enqueue(LongFit.Quick);

        var refused = await own.Api.Post("training-jobs", LongFit.Quick);

        refused.Problem(HttpStatusCode.TooManyRequests).Detail
            .ShouldBe("The queue of training jobs is full (Training:MaxQueueLength); send the request again later.");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await own.Api.Get("training-jobs?status=queued")).Json.GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task QueueLimitHoldsForConcurrentRequests()
    {
        await using var own = await store.Another(("Training:MaxQueueLength", "5"));
        await own.Api.Running(await own.Api.Enqueue(LongFit.Request()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => own.Api.Post("training-jobs", LongFit.Quick)));

        answers.Count(answer => answer.Status == HttpStatusCode.Accepted).ShouldBe(5);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).ShouldBe(35);
    }

    [Fact]
    public async Task EndWhoseCommitWasNotAnsweredIsNotWrittenTwice()
    {
        var id = Guid.Parse((await _api.Train(LongFit.Quick)).GetProperty("id").GetString()!);
        var leases = store.Application.Services.GetRequiredService<TrainingLeases>();
        async Task<TrainingJobStatus?> SucceedAgain(long otherEpochs)
        {
            await using var db = await store.Application.Database();
            var job = await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == id, TestContext.Current.CancellationToken);
            job.Epoch -= otherEpochs;
            var version = await db.ModelVersions.AsNoTracking().SingleAsync(v => v.JobId == id, TestContext.Current.CancellationToken);
            using var fit = new RunningFit(job, 100, TimeProvider.System);
            return await leases.SucceedAsync(fit, "twice", version.Trained, TestContext.Current.CancellationToken);
        }

        (await SucceedAgain(otherEpochs: 0)).ShouldBe(TrainingJobStatus.Succeeded);
        (await SucceedAgain(otherEpochs: 1)).ShouldBeNull();

        (await _api.Get("models/twice")).Problem(HttpStatusCode.NotFound);
        (await _api.Job($"{id}")).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    private async Task<HttpResponseMessage> Watch(string id, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/training-jobs/{id}/events", UriKind.Relative));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await _api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
            yield return item;
    }
}
