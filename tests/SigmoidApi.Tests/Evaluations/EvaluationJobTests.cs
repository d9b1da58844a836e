using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Evaluations;

[Trait("Speed", "Slow")]
public sealed class SqliteEvaluationJobTests() : EvaluationJobTests(new SqliteStore());

[Trait("Speed", "Slow")]
public sealed class PostgresEvaluationJobTests(PostgresServer server) : EvaluationJobTests(new PostgresStore(server));

/// <summary>Evaluations that take longer than a request, on each kind of store.</summary>
public abstract class EvaluationJobTests(TestStore store)
{
    private const string Csv = "x,kind,y\n1,a,no\n2,a,no\n3,b,yes\n4,b,no\n5,a,yes\n6,b,yes\n7,a,yes\n8,b,no\n9,a,yes\n10,b,yes\n";
    private const string Request = """{ "datasetId": "data", "resamples": 30, "groupBy": ["kind"] }""";

    [Fact]
    public async Task JobMakesTheSameEvaluationAsARequest()
    {
        await using var application = await Started("100");
        var api = application.Api;
        await using var another = await Started("1000000");
        var direct = (await another.Api.Post("models/data/evaluations", Request)).Expect(HttpStatusCode.Created).Json;

        var accepted = (await api.Post("models/data/evaluations", Request)).Expect(HttpStatusCode.Accepted);
        var id = accepted.Json.GetProperty("id").GetString()!;
        accepted.Headers.Location!.ToString().ShouldEndWith($"/api/v1/training-jobs/{id}");
        accepted.Json.GetProperty("kind").GetString().ShouldBe("evaluation");
        var job = await api.Ended(id);
        job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
        job.GetProperty("model").ValueKind.ShouldBe(JsonValueKind.Null);
        job.GetProperty("request").GetProperty("target").GetString().ShouldBe("y");
        var made = (await api.Get($"evaluations/{job.GetProperty("evaluationId").GetString()}")).Expect(HttpStatusCode.OK).Json;

        foreach (var member in direct.EnumerateObject().Where(member => member.Name is not ("id" or "createdAt" or "datasetId")))
            made.GetProperty(member.Name).GetRawText().ShouldBe(member.Value.GetRawText());
        (await api.Get($"evaluations/{id}/curves/roc")).Expect(HttpStatusCode.OK);
        (await api.Get("training-jobs?limit=1")).Json.GetProperty("items")[0].GetProperty("kind").GetString().ShouldBe("evaluation");
    }

    [Fact]
    public async Task RequestThatWaitsIsAnsweredWithTheEvaluation()
    {
        await using var application = await Started("100");
        var api = application.Api;

        var answer = (await api.Post("models/data/versions/1/evaluations", Request, ("Prefer", "wait=60"), ("Idempotency-Key", "waits")))
            .Expect(HttpStatusCode.Created);
        var again = (await api.Post("models/data/versions/1/evaluations", Request, ("Prefer", "wait=60"), ("Idempotency-Key", "waits")))
            .Expect(HttpStatusCode.Created);

        answer.Headers.Location!.ToString().ShouldEndWith($"/api/v1/evaluations/{answer.Json.GetProperty("id").GetString()}");
        answer.Json.GetProperty("rows").GetInt32().ShouldBe(10);
        again.Text.ShouldBe(answer.Text);
        (await api.Get("evaluations")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task DataThatDoNotSuitTheModelFailTheJob()
    {
        await using var application = await Started("100");
        var api = application.Api;
        await api.Upload("name=other", "a,y\n1,no\n2,yes\n");

        (await api.Post("models/data/evaluations", """{ "datasetId": "other", "resamples": 100 }""", ("Prefer", "wait=60")))
            .Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("lacks 'x'");
        var id = (await api.Post("models/data/evaluations", """{ "datasetId": "other", "resamples": 100 }""")).Expect(HttpStatusCode.Accepted)
            .Json.GetProperty("id").GetString()!;
        var job = await api.Ended(id);

        job.GetProperty("status").GetString().ShouldBe("failed");
        job.GetProperty("error").GetProperty("code").GetString().ShouldBe("invalid_input");
        job.GetProperty("evaluationId").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task QueuedJobIsCanceledAndKeepsItsDataSet()
    {
        // Without a worker, so that the job stays in the queue.
        await using var application = await Started("100", ("Training:MaxQueueLength", "1"));
        var api = application.Api;
        await api.Running(await api.Enqueue(SigmoidApi.Tests.TrainingJobs.LongFit.Request()));

        var id = (await api.Post("models/data/evaluations", Request)).Expect(HttpStatusCode.Accepted).Json.GetProperty("id").GetString()!;
        (await api.Post("models/data/evaluations", Request)).Problem(HttpStatusCode.TooManyRequests);
        (await api.Delete("datasets/data")).Problem(HttpStatusCode.Conflict).Detail.ShouldContain(id);
        (await api.Post($"training-jobs/{id}/stop", "")).Problem(HttpStatusCode.Conflict).Detail.ShouldContain("does not train a model");
        (await api.Post($"training-jobs/{id}/cancel", "")).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);

        (await api.Ended(id)).GetProperty("status").GetString().ShouldBe("canceled");
        (await api.Get("evaluations")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await api.Delete("datasets/data")).Expect(HttpStatusCode.NoContent);
    }

    private async Task<TestApplication> Started(string most, params (string, string)[] settings)
    {
        var application = await new StoreOf(store).Another([("Evaluations:MaxRowsTimesResamples", most), ("Training:MaxConcurrency", "1"), .. settings]);
        await application.Api.Upload("name=data", Csv);
        await application.Api.Train("""{ "datasetId": "data", "target": "y", "features": ["x", "kind"], "modelName": "data" }""");
        return application;
    }

    private sealed class StoreOf(TestStore store) : StoreApplication(store);
}
