using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SigmoidApi.Tests.Durability;

/// <summary>
/// A store of version 0.14.0, from a process that <c>kill -9</c> ended during a fit, with another job in the queue. <c>answers.json</c> has what that version
/// answered.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class EarlierStoreTests : IAsyncLifetime
{
    /// <summary>Predictions of another vector width differ in their last bits.</summary>
    private const double Tolerance = 1e-12;

    private readonly ServiceProcess _service = new();
    private JsonElement _earlier;

    public async ValueTask InitializeAsync()
    {
        ZipFile.ExtractToDirectory(ReferenceData.PathOf("store-0.14.0.zip"), _service.StorageDirectory);
        var answers = Path.Combine(_service.StorageDirectory, "answers.json");
        _earlier = JsonElement.Parse(await File.ReadAllBytesAsync(answers));
        File.Delete(answers);
        await StartedJustNow(Path.Combine(_service.StorageDirectory, "sigmoid.db"));
        await _service.Start();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task ModelsAndDataSetsAreReadAndPredictTheSame()
    {
        var answers = _earlier.GetProperty("answers").EnumerateObject().ToArray();

        answers.Length.ShouldBe(10);
        foreach (var (request, earlier) in answers.Select(answer => (answer.Name, answer.Value)))
        {
            var path = request[(request.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            var answer = earlier.TryGetProperty("request", out var body) ? await _service.Api.Post(path, body.GetRawText()) : await _service.Api.Get(path);
            ShouldHave(answer.Expect(HttpStatusCode.OK).Json, earlier.GetProperty("answer"), request);
        }
    }

    [Fact]
    public async Task InterruptedJobIsResumedAndTheQueuedOneRuns()
    {
        var interrupted = await _service.Api.Ended(_earlier.GetProperty("interrupted").GetString()!);
        var queued = await _service.Api.Ended(_earlier.GetProperty("queued").GetString()!);

        interrupted.GetProperty("attempts").GetInt32().ShouldBe(2);
        await ShouldBeFittedAs(interrupted, "whole");
        queued.GetProperty("attempts").GetInt32().ShouldBe(1);
        await ShouldBeFittedAs(queued, "credit");
    }

    /// <summary>A job may run for a day from its first start, and this store is older.</summary>
    private static async Task StartedJustNow(string database)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """UPDATE "TrainingJobs" SET "StartedAt" = @now WHERE "Status" = 'Running'""";
        command.Parameters.AddWithValue("@now", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    private async Task ShouldBeFittedAs(JsonElement job, string model)
    {
        job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
        var fitted = (await _service.Api.Get($"models/{job.GetProperty("model").GetProperty("name").GetString()}")).Expect(HttpStatusCode.OK).Json;
        var earlier = _earlier.GetProperty("answers").GetProperty($"GET models/{model}").GetProperty("answer");
        foreach (var part in (string[])["intercept", "coefficients", "metrics"])
            ShouldHave(fitted.GetProperty(part), earlier.GetProperty(part), $"{model} {part}");
    }

    /// <summary>All that the earlier version answered is in the answer of today; new fields may be as well.</summary>
    private static void ShouldHave(JsonElement now, JsonElement earlier, string path)
    {
        now.ValueKind.ShouldBe(earlier.ValueKind, path);
        switch (earlier.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in earlier.EnumerateObject())
                {
                    now.TryGetProperty(field.Name, out var value).ShouldBeTrue($"{path}.{field.Name}");
                    ShouldHave(value, field.Value, $"{path}.{field.Name}");
                }

                break;
            case JsonValueKind.Array:
                now.GetArrayLength().ShouldBe(earlier.GetArrayLength(), path);
                foreach (var (i, element) in earlier.EnumerateArray().Index())
                    ShouldHave(now[i], element, $"{path}[{i}]");
                break;
            case JsonValueKind.Number:
                now.GetDouble().ShouldBe(earlier.GetDouble(), Tolerance * Math.Max(1, Math.Abs(earlier.GetDouble())), path);
                break;
            default:
                now.GetRawText().ShouldBe(earlier.GetRawText(), path);
                break;
        }
    }
}
