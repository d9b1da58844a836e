using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SigmoidApi.Tests.OpenApi;

[Trait("Speed", "Slow")]
public sealed class OpenApiTests(TestApplication application) : IClassFixture<TestApplication>
{
    /// <summary>Set to 1, this writes the document to its file instead of comparing the two.</summary>
    private const string Renew = "RENEW_OPENAPI";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task DocumentInTheRepositoryIsTheServedOne()
    {
        var served = JsonNode.Parse((await _api.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK).Content)!.ToJsonString(Indented) + "\n";
        var file = Path.Combine(Repository.Root, "docs/openapi/v1.json");
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, served, TestContext.Current.CancellationToken);
        }

        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n").ShouldBe(
            served.ReplaceLineEndings("\n"), $"The contract has changed. If it was meant to, run this test with {Renew}=1, and commit docs/openapi/v1.json.");
    }

    [Fact]
    public async Task EveryOperationHasANameASummaryAndAnExample()
    {
        var operations = (await OpenApiOperation.Read(_api)).ToArray();

        operations.Select(o => o.Id).ShouldBeUnique();
        operations.Length.ShouldBeGreaterThan(15);
        foreach (var operation in operations)
        {
            operation.Id.ShouldNotBeNullOrWhiteSpace(operation.ToString());
            operation.Summary.ShouldNotBeNullOrWhiteSpace(operation.ToString());
            operation.Answers.ShouldContain(status => status.StartsWith('2'), operation.ToString());
            operation.PathParametersWithoutExample.ShouldBeEmpty(operation.ToString());
            if (operation.HasBody)
                operation.Bodies.ShouldNotBeEmpty(operation.ToString());
        }
    }

    /// <summary>In the order of use: upload, train, read, predict, delete.</summary>
    [Fact]
    public async Task EveryExampleOfTheDocumentWorks()
    {
        await using var fresh = new TestApplication();
        foreach (var operation in (await OpenApiOperation.Read(fresh.Api)).OrderBy(Turn))
        {
            if (operation.Id is "CancelTrainingJob" or "StopTrainingJob")
                await fresh.Api.Running(await fresh.Api.Enqueue(TrainingJobs.LongFit.Request()));
            // The previous example has deleted version 1.
            if (operation.Id == "DeleteModel")
                await fresh.Api.Train("""{ "datasetId": "mails", "target": "spam" }""");
            foreach (var (mediaType, body) in operation.Bodies.DefaultIfEmpty((MediaType: "", Body: "")))
            {
                using var content = mediaType.Length == 0 ? null : ApiClient.Bytes(Encoding.UTF8.GetBytes(body), mediaType);
                var answer = await fresh.Api.Send(operation.Method, operation.ExamplePath, content, ("Prefer", "wait=60"));
                ((int)answer.Status).ShouldBeInRange(200, 299, $"{operation}\n{body}\n{answer.Text}");
                if (operation.Id == "CreateTrainingJob")
                    answer.Json.GetProperty("status").GetString().ShouldBe("succeeded", answer.Text);
            }
        }

        static int Turn(OpenApiOperation operation) => operation switch
        {
            { Id: "CancelTrainingJob" or "StopTrainingJob" or "DeleteThreshold" or "DeleteVersionThreshold" } => 4,
            { Path: "/api/v1/datasets", Method.Method: "POST" } => 0,
            { Path: "/api/v1/training-jobs", Method.Method: "POST" } => 1,
            { Id: "DeleteModelVersion" } => 5,
            { Id: "DeleteModel" } => 6,
            { Method.Method: "DELETE" } => 7,
            { Method.Method: "POST" } => 2,
            _ => 3,
        };
    }
}
