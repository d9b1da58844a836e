using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.TrainingJobs;

[Trait("Speed", "Slow")]
public sealed class SqliteTrainingJobTests(SqliteApplication store) : TrainingJobTests(store), IClassFixture<SqliteApplication>;

public sealed class PostgresTrainingJobTests(PostgresApplication store) : TrainingJobTests(store), IClassFixture<PostgresApplication>;

/// <summary>Creating, waiting for, canceling and listing jobs, on each kind of store.</summary>
public abstract class TrainingJobTests(StoreApplication store)
{
    private readonly ApiClient _api = store.Api;

    [Fact]
    public async Task JobIsAcceptedAndFoundAtItsLocation()
    {
        var accepted = (await _api.Post("training-jobs", LongFit.Quick)).Expect(HttpStatusCode.Accepted);

        var id = accepted.Json.GetProperty("id").GetString()!;
        Guid.Parse(id).Version.ShouldBe(7);
        accepted.Headers.Location.ShouldBe(new Uri($"/api/v1/training-jobs/{id}", UriKind.Relative));
        accepted.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        accepted.Json.EnumerateObject().Select(p => p.Name).ShouldBe(
            [
                "id", "status", "progress", "createdAt", "startedAt", "finishedAt", "attempts", "worker", "memory", "request", "model", "warnings", "error",
                "kind", "evaluationId",
            ]);
        accepted.Json.GetProperty("status").GetString().ShouldBe("queued");
        accepted.Json.GetProperty("createdAt").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
        (await _api.Get(accepted.Headers.Location!.ToString())).Json.GetProperty("id").GetString().ShouldBe(id);
        await _api.Ended(id);
    }

    [Fact]
    public async Task JobThatEndsWithinThePreferredWaitIsCreated()
    {
        var created = (await _api.Post("training-jobs", LongFit.Quick, ("Prefer", "respond-async, wait=60"))).Expect(HttpStatusCode.Created);

        created.Headers.GetValues("Preference-Applied").ShouldBe(["wait=60"]);
        created.Headers.RetryAfter.ShouldBeNull();
        var job = created.Json;
        created.Headers.Location.ShouldBe(new Uri($"/api/v1/training-jobs/{job.GetProperty("id").GetString()}", UriKind.Relative));
        job.GetProperty("status").GetString().ShouldBe("succeeded");
        job.GetProperty("attempts").GetInt32().ShouldBe(1);
        job.GetProperty("worker").ValueKind.ShouldBe(JsonValueKind.Null);
        job.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        job.GetProperty("progress").GetProperty("fraction").GetDouble().ShouldBe(1);
        job.GetProperty("model").GetProperty("name").GetString().ShouldBe("quick");
        job.GetProperty("model").GetProperty("version").GetInt32().ShouldBeGreaterThan(0);
        job.GetProperty("finishedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(job.GetProperty("startedAt").GetDateTimeOffset());
        job.GetProperty("startedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(job.GetProperty("createdAt").GetDateTimeOffset());
        var request = job.GetProperty("request");
        request.GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Null);
        request.GetProperty("solver").GetString().ShouldBe("auto");
        request.GetProperty("c").GetDouble().ShouldBe(1);
        request.GetProperty("maxIterations").GetInt32().ShouldBe(1000);
        request.GetProperty("seed").GetInt64().ShouldBe(42);
    }

    [Theory]
    [InlineData("wait=1", "wait=1")]
    [InlineData("wait=0", "wait=0")]
    [InlineData("wait=soon", null)]
    [InlineData("wait=-1", null)]
    [InlineData("wait=99999999999", null)]
    public async Task ShortOrInvalidWaitAnswersBeforeTheJobEnds(string prefer, string? applied)
    {
        var response = (await _api.Post("training-jobs", LongFit.Request(), ("Prefer", prefer))).Expect(HttpStatusCode.Accepted);

        response.Headers.TryGetValues("Preference-Applied", out var values).ShouldBe(applied is not null);
        values?.ShouldBe([applied!]);
        await Canceled(response.Json.GetProperty("id").GetString()!);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "tolerance": 0""")]
    public async Task GradientDescentIsTheLoopOfTheArticle(string tolerance)
    {
        var reference = ReferenceData.Json("article-training.json");
        var (features, labels) = ReferenceData.Article();
        var job = await _api.Train($$"""
            {
              "data": { "features": {{JsonSerializer.Serialize(features)}}, "labels": {{JsonSerializer.Serialize(labels)}} },
              "modelName": "article", "solver": "gradient_descent", "learningRate": 0.1, "maxIterations": 1000, "penalty": "none",
              "fitIntercept": false, "standardize": false, "initialWeights": {{reference.GetProperty("initial_weights")}} {{tolerance}}
            }
            """);
        var model = (await _api.Get($"models/article/versions/{job.GetProperty("model").GetProperty("version")}")).Expect(HttpStatusCode.OK).Json;

        ReferenceData.Distance(Estimates(model), reference.Numbers("final_weights")).ShouldBeLessThan(1e-12);
        model.GetProperty("intercept").GetDouble().ShouldBe(0);
        model.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty("term").GetString()).ShouldBe(["x1", "x2", "x3", "x4", "x5"]);
        model.GetProperty("metrics").GetProperty("training").GetProperty("logLoss").GetDouble()
            .ShouldBe(reference.GetProperty("final_cost").GetDouble(), 1e-12);
        model.GetProperty("convergence").GetProperty("iterations").GetInt32().ShouldBe(1000);
        job.GetProperty("progress").GetProperty("iteration").GetInt32().ShouldBe(1000);
    }

    [Fact]
    public async Task ProgressOfARunningFitIsShown()
    {
        var id = await _api.Enqueue(LongFit.Request());

        var job = await _api.Running(id);
        var later = await Eventually.Get(() => _api.Job(id), j => Iteration(j) > Iteration(job));

        later.GetProperty("worker").GetString().ShouldBe($"{Environment.MachineName}:{Environment.ProcessId}");
        var progress = later.GetProperty("progress");
        progress.GetProperty("maxIterations").GetInt32().ShouldBe(1_000_000);
        progress.GetProperty("loss").GetDouble().ShouldBeInRange(0.69, 0.70);
        progress.GetProperty("gradientNorm").GetDouble().ShouldBeGreaterThan(0);
        progress.GetProperty("fraction").GetDouble().ShouldBe(Iteration(later) / 1e6, 1e-15);
        (await _api.Get("training-jobs/latest")).Json.GetProperty("id").GetString().ShouldBe(id);
        (await _api.Get($"training-jobs/{id}")).Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        await Canceled(id);
    }

    [Fact]
    public async Task CanceledJobStopsWithinOnePass()
    {
        var id = await _api.Enqueue(LongFit.Request("never"));
        await _api.Running(id);

        var answer = (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);
        answer.Headers.Location.ShouldBe(new Uri($"/api/v1/training-jobs/{id}", UriKind.Relative));
        var job = await _api.Ended(id);

        job.GetProperty("status").GetString().ShouldBe("canceled");
        job.GetProperty("model").ValueKind.ShouldBe(JsonValueKind.Null);
        Iteration(job).ShouldBeLessThan(1_000_000);
        (await _api.Get("models/never")).Problem(HttpStatusCode.NotFound);
        (await _api.Post($"training-jobs/{id}/cancel", "")).Problem(HttpStatusCode.Conflict).Detail
            .ShouldBe($"Training job {id} has ended; its status is 'canceled'.");
    }

    [Fact]
    public async Task QueuedJobIsCanceledAtOnceAndNeverRuns()
    {
        var running = await _api.Enqueue(LongFit.Request());
        await _api.Running(running);
        var queued = await _api.Enqueue(LongFit.Request("queued"));

        var answer = (await _api.Post($"training-jobs/{queued}/cancel", "")).Expect(HttpStatusCode.Accepted).Json;

        answer.GetProperty("status").GetString().ShouldBe("canceled");
        await Canceled(running);
        var job = await _api.Job(queued);
        job.GetProperty("attempts").GetInt32().ShouldBe(0);
        job.GetProperty("startedAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task SucceededJobCannotBeCanceled()
    {
        var id = (await _api.Train(LongFit.Quick)).GetProperty("id").GetString();

        (await _api.Post($"training-jobs/{id}/cancel", "")).Problem(HttpStatusCode.Conflict).Detail
            .ShouldBe($"Training job {id} has ended; its status is 'succeeded'.");
    }

    [Fact]
    public async Task ListIsPagedNewestFirstAndFilteredByStatus()
    {
        await using var empty = await store.Another();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await empty.Api.Train(LongFit.Quick)).GetProperty("id").GetString()!);
        var canceled = await empty.Api.Enqueue(LongFit.Request());
        (await empty.Api.Post($"training-jobs/{canceled}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await empty.Api.Ended(canceled);
        ids.Reverse();

        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await empty.Api.Get($"training-jobs?status=succeeded&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK);
            page.Json.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(2);
            listed.AddRange(Ids(page));
            cursor = page.Json.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        listed.ShouldBe(ids);
        Ids(await empty.Api.Get("training-jobs")).ShouldBe([canceled, .. ids]);
        Ids(await empty.Api.Get("training-jobs?status=canceled")).ShouldBe([canceled]);
        Ids(await empty.Api.Get("training-jobs?status=failed")).ShouldBeEmpty();
        // There is no next page after a full page that contains the last item.
        (await empty.Api.Get("training-jobs?limit=6")).Json.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("status=done", "status", "expected queued, running, succeeded, failed or canceled, got 'done'")]
    [InlineData("status=1", "status", "expected queued, running, succeeded, failed or canceled, got '1'")]
    [InlineData("status=", "status", "expected queued, running, succeeded, failed or canceled, got ''")]
    [InlineData("status=queued,running", "status", "expected queued, running, succeeded, failed or canceled, got 'queued,running'")]
    [InlineData("limit=0", "limit", "expected a whole number from 1 to 1000, got '0'")]
    [InlineData("limit=1001", "limit", "expected a whole number from 1 to 1000, got '1001'")]
    [InlineData("limit=ten", "limit", "expected a whole number from 1 to 1000, got 'ten'")]
    [InlineData("cursor=x", "cursor", "expected the nextCursor of an earlier page, got 'x'")]
    public async Task WrongQueryParameterOfTheListIsNamed(string query, string path, string message)
    {
        (await _api.Get($"training-jobs?{query}")).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData("01999999-0000-7000-8000-000000000000")]
    [InlineData("nonsense")]
    public async Task UnknownJobIsNotFound(string id)
    {
        (await _api.Get($"training-jobs/{id}")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe($"There is no training job '{id}'.");
        (await _api.Post($"training-jobs/{id}/cancel", "")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe($"There is no training job '{id}'.");
    }

    [Fact]
    public async Task HoldoutIsScoredSeparately()
    {
        var (features, labels) = ReferenceData.Article();
        var model = await _api.TrainModel(new { data = new { features, labels }, modelName = "held", validation = new { holdout = 0.25 } });
        var again = await _api.TrainModel(new { data = new { features, labels }, modelName = "held", validation = new { holdout = 0.25 } });
        var otherSplit = await _api.TrainModel(new { data = new { features, labels }, modelName = "held", validation = new { holdout = 0.25 }, seed = 1 });
        var all = await _api.TrainModel(new { data = new { features, labels }, modelName = "held" });

        Count(model, "training").ShouldBe(750);
        Count(model, "validation").ShouldBe(250);
        Estimates(again).ShouldBe(Estimates(model));
        Estimates(otherSplit).ShouldNotBe(Estimates(model));
        Count(all, "training").ShouldBe(1000);
        all.GetProperty("metrics").GetProperty("validation").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task DataThatCannotBeFittedFailTheJob()
    {
        // Only one row has the label 1, so a holdout of one half leaves one part without that label.
        const string Request = """
            { "data": { "features": [[1], [2], [3], [4]], "labels": [0, 0, 0, 1] }, "modelName": "impossible", "validation": { "holdout": 0.5 } }
            """;
        var job = (await _api.Post("training-jobs", Request, ("Prefer", "wait=60"))).Expect(HttpStatusCode.Created).Json;

        job.GetProperty("status").GetString().ShouldBe("failed");
        job.GetProperty("model").ValueKind.ShouldBe(JsonValueKind.Null);
        var error = job.GetProperty("error");
        error.GetProperty("status").GetInt32().ShouldBe(422);
        error.GetProperty("title").GetString().ShouldBe("Unprocessable Entity");
        error.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        (await _api.Get("models/impossible")).Problem(HttpStatusCode.NotFound);
    }

    private async Task Canceled(string id)
    {
        (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);
        (await _api.Ended(id)).GetProperty("status").GetString().ShouldBe("canceled");
    }

    private static int Iteration(JsonElement job) => job.GetProperty("progress").GetProperty("iteration").GetInt32();

    private static double[] Estimates(JsonElement model) =>
        [.. model.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty("estimate").GetDouble())];

    private static long Count(JsonElement model, string part) =>
        model.GetProperty("metrics").GetProperty(part).GetProperty("confusion").EnumerateObject().Sum(cell => cell.Value.GetInt64());

    private static IEnumerable<string> Ids(ApiResponse page) =>
        page.Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().Select(job => job.GetProperty("id").GetString()!);
}
