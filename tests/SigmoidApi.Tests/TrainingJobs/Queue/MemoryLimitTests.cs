using System.Net;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests.TrainingJobs.Queue;

/// <summary><c>Training:MemoryLimitMegabytes</c>, from the upload to the job's <c>memory</c>.</summary>
[Trait("Speed", "Slow")]
public sealed class MemoryLimitTests : IAsyncLifetime
{
    private const int Rows = 300_000;
    private const int Columns = 28;

    /// <summary>A job of 20 columns, two of which exceed the limit together. It runs until it is canceled or stopped.</summary>
    private static readonly string Endless = $$"""
        {
          "datasetId": "rows", "target": "y", "features": [{{string.Join(", ", Enumerable.Range(0, 20).Select(i => $"\"x{i}\""))}}],
          "solver": "gradient_descent", "tolerance": 0, "learningRate": 1e-9, "maxIterations": 1000000
        }
        """;

    private readonly TestApplication _small = new() { Settings = { ["Training:MemoryLimitMegabytes"] = "64", ["Training:MaxConcurrency"] = "2" } };
    private readonly TestApplication _large = new();

    /// <summary>The rows are 67 MB as numbers, a little more than the limit of the small service.</summary>
    public async ValueTask InitializeAsync()
    {
        var random = new Random(1);
        var csv = new StringBuilder(string.Join(',', Enumerable.Range(0, Columns).Select(i => $"x{i}"))).Append(",y\n");
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
                csv.Append((char)('0' + random.Next(10))).Append(',');
            csv.Append((char)('0' + random.Next(2))).Append('\n');
        }

        foreach (var application in new[] { _small, _large })
            await application.Api.Upload("name=rows", csv.ToString());
    }

    [Fact]
    public async Task FitLargerThanTheLimitIsStreamedWithTheSameBits()
    {
        const string Request = """{ "datasetId": "rows", "target": "y" }""";

        var (streamed, held) = (await _small.Api.Train(Request), await _large.Api.Train(Request));

        (Mode(streamed), Mode(held)).ShouldBe(("streamed", "in_memory"));
        Bytes(streamed).ShouldBeLessThan(64_000_000);
        Bytes(held).ShouldBeGreaterThan(8L * Rows * Columns);
        (await Coefficients(_small)).ShouldBe(await Coefficients(_large));
    }

    [Fact]
    public async Task FitsThatExceedTheLimitTogetherWaitForEachOther()
    {
        var first = await _small.Api.Enqueue(Endless);
        await Shows(first, "in_memory");

        var second = await _small.Api.Enqueue(Endless);

        await Shows(second, "waiting");
        (await _small.Api.Post($"training-jobs/{first}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await Shows(second, "in_memory");
        (await _small.Api.Post($"training-jobs/{second}/cancel", "")).Expect(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"timeoutSeconds\": 0.5, \"onTimeout\": \"stop\", ")]
    public async Task FitStoppedWhileItWaitsHasNoModel(string deadline)
    {
        var running = await _small.Api.Enqueue(Endless);
        await Shows(running, "in_memory");
        var waiting = await _small.Api.Enqueue(Endless.Insert(1, deadline));
        await Shows(waiting, "waiting");

        if (deadline.Length == 0)
            (await _small.Api.Post($"training-jobs/{waiting}/stop", "")).Expect(HttpStatusCode.Accepted);

        var job = await _small.Api.Ended(waiting);
        job.GetProperty("status").GetString().ShouldBe("canceled", job.ToString());
        job.GetProperty("error").GetProperty("code").GetString().ShouldBe("nothing_to_keep");
        (await _small.Api.Post($"training-jobs/{running}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await _small.Api.Ended(running);
    }

    public async ValueTask DisposeAsync()
    {
        await _small.DisposeAsync();
        await _large.DisposeAsync();
    }

    private Task<JsonElement> Shows(string id, string mode) =>
        Eventually.Get(() => _small.Api.Job(id), job => job.GetProperty("memory").ValueKind == JsonValueKind.Object && Mode(job) == mode);

    private static string Mode(JsonElement job) => job.GetProperty("memory").GetProperty("mode").GetString()!;

    private static long Bytes(JsonElement job) => job.GetProperty("memory").GetProperty("bytes").GetInt64();

    private static async Task<string> Coefficients(TestApplication application) =>
        (await application.Api.Get("models/rows")).Json.GetProperty("coefficients").GetRawText();
}
