using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Contract;

/// <summary>Provokes every status of every operation in the document, and checks its answer against the document.</summary>
[Trait("Speed", "Slow")]
public sealed class CoverageTests
{
    private readonly ConcurrentDictionary<(string Operation, HttpStatusCode Status), bool> _seen = new();

    [Fact]
    public async Task EveryStatusOfEveryOperationIsAnswered()
    {
        await using (var application = new TestApplication())
        {
            var api = Recorded(application);
            var operations = (await OpenApiOperation.Read(api)).ToArray();
            await Refusals(api, operations);
            await Successes(api, operations);
            await Conflicts(api);
            await Unexplained(application, api);
        }

        await TooLarge();
        await TooMany();
        await Unavailable();

        var documented = OpenApiContract.OfRepository.Documented.ToArray();
        documented.Length.ShouldBeGreaterThan(150);
        documented.Except(_seen.Keys).Select(answer => $"{answer.Operation} {(int)answer.Status}").ShouldBeEmpty();
    }

    /// <summary>Failures that need no data: an unknown parameter, a page of another site, an unknown name, another media type.</summary>
    private static async Task Refusals(ApiClient api, OpenApiOperation[] operations)
    {
        foreach (var operation in operations)
        {
            if (operation.Answers.Contains("400"))
                (await Ask(api, operation, operation.ExamplePath.Split('?')[0] + "?unknown=1")).Expect(HttpStatusCode.BadRequest);
            if (operation.Answers.Contains("403"))
                (await Ask(api, operation, operation.ExamplePath, ("Sec-Fetch-Site", "cross-site"))).Expect(HttpStatusCode.Forbidden);
            if (operation.Id == "CreateTrainingJob")
                (await api.Post("training-jobs", """{ "datasetId": "none", "target": "y" }""")).Expect(HttpStatusCode.NotFound);
            else if (operation.Answers.Contains("404"))
                (await Ask(api, operation, operation.PathTo("none") + QueryOf(operation))).Expect(HttpStatusCode.NotFound);
            if (operation.Answers.Contains("415"))
                (await api.Send(operation.Method, operation.PathTo("none"), Content("text/x-none", "x"))).Expect(HttpStatusCode.UnsupportedMediaType);
        }
    }

    private static string QueryOf(OpenApiOperation operation) =>
        operation.ExamplePath.IndexOf('?', StringComparison.Ordinal) is >= 0 and var start ? operation.ExamplePath[start..] : "";

    /// <summary>Sends the examples of the document, in an order in which each finds the resources that it needs.</summary>
    private static async Task Successes(ApiClient api, OpenApiOperation[] operations)
    {
        OpenApiOperation Of(string id) => operations.Single(operation => operation.Id == id);
        foreach (var id in new[] { "CreateDataset", "CreateTrainingJob" })
        {
            foreach (var (mediaType, body) in Of(id).Bodies)
                (await api.Send(HttpMethod.Post, Of(id).ExamplePath, Content(mediaType, body), ("Prefer", "wait=60"))).Expect(HttpStatusCode.Created);
        }

        var job = await api.Enqueue(LongFit.Quick);
        await api.Ended(job);
        foreach (var operation in operations.Where(operation =>
            operation.Method != HttpMethod.Delete && operation.Id is not ("StopTrainingJob" or "CancelTrainingJob")))
        {
            ((int)(await Ask(api, operation, operation.ExamplePath)).Status).ShouldBeInRange(200, 299, operation.ToString());
            if (operation.Answers.Contains("304"))
                (await Ask(api, operation, operation.ExamplePath, ("If-None-Match", "*"))).Expect(HttpStatusCode.NotModified);
        }

        await Inspections(api, operations);
        var content = Of("GetDatasetContent").PathTo("mails");
        (await api.Get(content, ("Range", "bytes=0-3"))).Expect(HttpStatusCode.PartialContent);
        (await api.Get(content, ("Range", "bytes=1000000-"))).Expect(HttpStatusCode.RequestedRangeNotSatisfiable);
        (await api.Get(content, ("If-Match", "\"another\""))).Expect(HttpStatusCode.PreconditionFailed);
        (await api.Get(content, ("Accept", "image/png"))).Expect(HttpStatusCode.NotAcceptable);
        (await api.Get($"training-jobs/{job}/events", ("Last-Event-ID", "end"))).Expect(HttpStatusCode.NoContent);
        foreach (var route in new[] { "models/mails/threshold", "models/mails/versions/1/threshold", "models/mails/versions/1" })
            (await api.Delete(route)).Expect(HttpStatusCode.NoContent);
        (await api.Delete("evaluations/latest")).Expect(HttpStatusCode.NoContent);
        (await api.Delete("models/quick")).Expect(HttpStatusCode.NoContent);
        (await api.Delete("datasets/mails")).Expect(HttpStatusCode.NoContent);
    }

    /// <summary>Inspections of models whose rows are gone, or that have more than two classes.</summary>
    private static async Task Inspections(ApiClient api, OpenApiOperation[] operations)
    {
        foreach (var operation in operations.Where(operation => operation.Method == HttpMethod.Get && operation.Path.Contains("/models/{name}")))
        {
            var query = operation.ExamplePath.Split('?') is [_, var given] ? $"?{given}" : "";
            if (operation.Answers.Contains("409"))
                (await api.Get(operation.PathTo("inference") + query)).Expect(HttpStatusCode.Conflict);
            if (operation.Answers.Contains("422"))
                (await api.Get(operation.PathTo("levels") + query)).Expect(HttpStatusCode.UnprocessableEntity);
            if (operation.Answers.Contains("406"))
                (await api.Get(operation.PathTo("inspected"), ("Accept", "image/png"))).Expect(HttpStatusCode.NotAcceptable);
        }
    }

    /// <summary>Failures caused by the data or by the state of a job.</summary>
    private static async Task Conflicts(ApiClient api)
    {
        await api.Upload("name=rows", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        await api.Upload("name=one", "a,y\n1,0\n");
        (await api.Post("training-jobs", """{ "datasetId": "rows", "target": "y", "positiveClass": "maybe" }""")).Expect(HttpStatusCode.UnprocessableEntity);
        (await api.Post("datasets/one/split", "{}")).Expect(HttpStatusCode.UnprocessableEntity);
        (await api.Post("update-weights", """{ "features": [[1e308]], "labels": [0], "weights": [1e308], "learningRate": 1e308, "iterations": 10 }"""))
            .Expect(HttpStatusCode.UnprocessableEntity);
        await api.Upload("name=measured", "a,y\n1,0.5\n2,1.5\n3,2.5\n4,3.5\n");
        foreach (var path in new[] { "histogram", "histogram.svg", "histogram.png" })
            (await api.Get($"datasets/measured/{path}?column=a&target=y")).Expect(HttpStatusCode.UnprocessableEntity);
        foreach (var route in new[] { "models/inference", "models/inference/versions/1" })
        {
            (await api.Post($"{route}/calibrate", """{ "datasetId": "rows", "method": "sigmoid", "target": "y" }"""))
                .Expect(HttpStatusCode.UnprocessableEntity);
            (await api.Post($"{route}/evaluations", """{ "datasetId": "rows", "target": "y" }""")).Expect(HttpStatusCode.UnprocessableEntity);
        }

        foreach (var route in new[] { "models/levels", "models/levels/versions/1" })
        {
            (await api.Send(HttpMethod.Put, $"{route}/threshold", Content("application/json", """{ "threshold": 0.4 }""")))
                .Expect(HttpStatusCode.UnprocessableEntity);
        }

        (await api.Post("evaluations", """{ "labels": [0, 1, 2], "probabilities": [0.2, 0.3, 0.4] }""")).Expect(HttpStatusCode.UnprocessableEntity);
        (string, string)[] key = [("Idempotency-Key", "once")];
        (await api.Send(HttpMethod.Post, "datasets?name=rows", Content("text/csv", "a\n1\n"), key)).Expect(HttpStatusCode.Created);
        (await api.Send(HttpMethod.Post, "datasets?name=rows", Content("text/csv", "a\n2\n"), key)).Expect(HttpStatusCode.UnprocessableEntity);

        await api.Upload("name=used", Encoding.UTF8.GetBytes("a,y\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i % 97},{i % 2}\n"))));
        var job = await api.Enqueue("""
            { "datasetId": "used", "target": "y", "solver": "gradient_descent", "penalty": "none",
              "tolerance": 0, "learningRate": 1e-9, "maxIterations": 1000000 }
            """);
        await api.Running(job);
        (await api.Delete("datasets/used")).Expect(HttpStatusCode.Conflict);
        (await api.Post($"training-jobs/{job}/stop", "")).Expect(HttpStatusCode.Accepted);
        await api.Ended(job);
        var other = await api.Enqueue(LongFit.Request());
        await api.Running(other);
        (await api.Post($"training-jobs/{other}/cancel", "")).Expect(HttpStatusCode.Accepted);
        foreach (var action in new[] { "stop", "cancel" })
            (await api.Post($"training-jobs/{job}/{action}", "")).Expect(HttpStatusCode.Conflict);
    }

    /// <summary>A version without the means of its terms has no explanations, and three classes have no counterfactual.</summary>
    private static async Task Unexplained(TestApplication application, ApiClient api)
    {
        await api.Train("""{ "data": { "features": [[1], [2], [3], [4], [5], [6]], "labels": [0, 1, 0, 1, 0, 1] }, "modelName": "older" }""");
        await api.Train("""{ "data": { "features": [[1], [2], [3], [4], [5], [6]], "labels": [0, 1, 2, 0, 1, 2] }, "modelName": "three" }""");
        await using (var db = await application.Database())
        {
            (await db.Database.ExecuteSqlRawAsync(
                "update ModelVersions set Trained = json_remove(Trained, '$.termMeans') where Name = 'older'",
                TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        foreach (var version in new[] { "", "/versions/1" })
        {
            (await api.Post($"models/older{version}/predict", """{ "features": [[1]], "explain": true }""")).Expect(HttpStatusCode.Conflict);
            foreach (var format in new[] { "svg", "png" })
                (await api.Post($"models/older{version}/contributions.{format}", """{ "features": [[1]] }""")).Expect(HttpStatusCode.Conflict);
            (await api.Post($"models/three{version}/counterfactuals",
                """{ "row": { "x1": 1 }, "targetProbability": 0.5, "vary": { "x1": [0, 9] } }""")).Expect(HttpStatusCode.Conflict);
        }
    }

    private async Task TooLarge()
    {
        await using var small = new TestApplication
        {
            Settings = { ["Limits:MaxBodyBytes"] = "10", ["Limits:MaxStreamBytes"] = "16", ["Datasets:MaxUploadBytes"] = "10" },
        };
        var api = Recorded(small);
        foreach (var operation in (await OpenApiOperation.Read(api)).Where(operation => operation.Answers.Contains("413")))
            (await Ask(api, operation, operation.ExamplePath)).Expect(HttpStatusCode.RequestEntityTooLarge);
    }

    private async Task TooMany()
    {
        await using var small = new TestApplication
        {
            Settings = { ["Training:MaxQueueLength"] = "1", ["Evaluations:MaxRowsTimesResamples"] = "1" },
        };
        var api = Recorded(small);
        await api.Upload("name=rows", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        await api.Train("""{ "datasetId": "rows", "target": "y" }""");
        string[] routes = ["models/rows/evaluations", "models/rows/versions/1/evaluations"];
        foreach (var route in routes)
        {
            var evaluation = (await api.Post(route, """{ "datasetId": "rows" }""")).Expect(HttpStatusCode.Accepted).Json;
            await api.Ended(evaluation.GetProperty("id").GetString()!);
        }

        await api.Running(await api.Enqueue(LongFit.Request()));
        await api.Enqueue(LongFit.Quick);
        (await api.Post("training-jobs", LongFit.Quick)).Expect(HttpStatusCode.TooManyRequests);
        foreach (var route in routes)
            (await api.Post(route, """{ "datasetId": "rows" }""")).Expect(HttpStatusCode.TooManyRequests);
    }

    /// <summary>A service whose only connection is taken and that then stops.</summary>
    private async Task Unavailable()
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "1"), ("Limits:DrainSeconds", "60"), ("Limits:StopSeconds", "120"));
        using var check = new ContractCheck(OpenApiContract.OfRepository, Record) { InnerHandler = new SocketsHttpHandler() };
        using var http = new HttpClient(check) { BaseAddress = service.Address };
        var api = new ApiClient(http);
        foreach (var operation in (await OpenApiOperation.Read(service.Api)).Where(operation => operation.Id != "IsReady" && operation.Answers.Contains("503")))
            (await Ask(api, operation, operation.ExamplePath)).Expect(HttpStatusCode.ServiceUnavailable);

        await service.Signal("TERM");

        await Eventually.Get(() => api.Get("/health/ready"), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
    }

    private static Task<ApiResponse> Ask(ApiClient api, OpenApiOperation operation, string path, params (string Name, string Value)[] headers)
    {
        var (mediaType, body) = operation.Bodies.FirstOrDefault();
        return api.Send(operation.Method, path, body is null ? null : Content(mediaType, body), headers);
    }

    private static HttpContent Content(string mediaType, string body) => ApiClient.Bytes(Encoding.UTF8.GetBytes(body), mediaType);

    private ApiClient Recorded(TestApplication application) => new(application.CreateDefaultClient(new ContractCheck(OpenApiContract.OfRepository, Record)));

    private void Record(Answer answer)
    {
        if (OpenApiContract.OfRepository.OperationOf(answer) is { } operation)
            _seen[(operation, answer.Status)] = true;
    }
}
