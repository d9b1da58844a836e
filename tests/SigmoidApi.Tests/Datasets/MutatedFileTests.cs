using System.Globalization;
using System.Net;
using System.Text;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Datasets;

/// <summary>
/// Files of every format with random changes, the same in every run. Each becomes a data set or is answered with a 4xx problem; none causes a 500, a hang or
/// a leftover file. <c>MUTATED_FILES=10000</c> tries that many files. A file's number determines its content.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class MutatedFileTests(MutatedFileTests.Target target) : IClassFixture<MutatedFileTests.Target>
{
    private const int AtOnce = 2;

    // The time limit for a file; a small one takes milliseconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly byte[] Structural = [.. ",;\t\"'\r\n .+-eE0159x_:[]{}#\\"u8, 0, 0x7F, 0x80, 0xC3, 0xFE, 0xFF];
    private static readonly int Files = int.Parse(Environment.GetEnvironmentVariable("MUTATED_FILES") ?? "300", CultureInfo.InvariantCulture);
    private static readonly IReadOnlyList<(string Name, string MediaType, byte[] Bytes)> Samples = SampleFiles.All(200);

    [Fact]
    public async Task AMutatedFileIsADataSetOrAProblem()
    {
        var answers = new int[600];
        await Each(Files, async (number, mediaType, bytes) =>
        {
            var answer = await target.Api.Send(HttpMethod.Post, $"datasets?name=mutant-{number}", ApiClient.Bytes(bytes, mediaType));
            Interlocked.Increment(ref answers[(int)answer.Status]);
            if (answer.Status == HttpStatusCode.Created)
                (await target.Api.Delete($"datasets/{answer.Json.GetProperty("id").GetString()}")).Expect(HttpStatusCode.NoContent);
            else
                ShouldBeAFaultOfTheCaller(answer);
        });

        target.Leftovers().ShouldBeEmpty();
        answers[(int)HttpStatusCode.Created].ShouldBeGreaterThan(Files / 20, Counts(answers));
        answers[(int)HttpStatusCode.BadRequest].ShouldBeGreaterThan(Files / 10, Counts(answers));
        TestContext.Current.TestOutputHelper?.WriteLine(Counts(answers));
    }

    [Fact]
    public async Task AMutatedFileIsPredictedOrAProblem()
    {
        var answers = new int[600];
        await Each(Files / 2, async (number, mediaType, bytes) =>
        {
            // A body of application/json would be a request with records, not a file.
            var content = ApiClient.Bytes(bytes, mediaType == "application/json" ? "application/octet-stream" : mediaType);
            var answer = await target.Api.Send(HttpMethod.Post, "models/mutants/predict?types=age:number", content);
            Interlocked.Increment(ref answers[(int)answer.Status]);
            if (answer.Status != HttpStatusCode.OK)
                ShouldBeAFaultOfTheCaller(answer);
        });

        target.Leftovers().ShouldBeEmpty();
        answers[(int)HttpStatusCode.OK].ShouldBeGreaterThan(Files / 50, Counts(answers));
        TestContext.Current.TestOutputHelper?.WriteLine(Counts(answers));
    }

    private static string Counts(int[] answers) =>
        string.Join(", ", answers.Select((count, status) => (count, status)).Where(a => a.count > 0).Select(a => $"{a.status}: {a.count}"));

    private static void ShouldBeAFaultOfTheCaller(ApiResponse answer)
    {
        ((int)answer.Status).ShouldBeInRange(400, 499, answer.Text);
        answer.Problem(answer.Status).Detail.ShouldNotContain("took longer");
        // Such a message points to a fault of a library, which should be noticed.
        answer.Text.ShouldNotContain("crashes its reader");
    }

    private static async Task Each(int count, Func<int, string, byte[], Task> send)
    {
        var wrong = new List<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), options, async (number, _) =>
        {
            var (name, mediaType, bytes) = Mutant(number);
            try
            {
                await send(number, mediaType, bytes).WaitAsync(Limit, TestContext.Current.CancellationToken);
            }
            catch (Exception e) when (e is TimeoutException or ShouldAssertException or HttpRequestException)
            {
                lock (wrong)
                    wrong.Add($"file {number}, {name}: {e.Message}");
                if (Environment.GetEnvironmentVariable("MUTATED_FILES_KEPT") is { } directory)
                    await File.WriteAllBytesAsync(Path.Combine(directory, $"{number}"), bytes, CancellationToken.None);
            }
        });
        wrong.ShouldBeEmpty($"{wrong.Count} of {count}:\n{string.Join('\n', wrong.Take(20))}");
    }

    /// <summary>A changed file, uncompressed, or compressed before or after the change.</summary>
    private static (string Name, string MediaType, byte[] Bytes) Mutant(int number)
    {
        var random = new Random(number);
        var (name, mediaType, bytes) = Samples[number % Samples.Count];
        return random.Next(10) switch
        {
            0 => ($"{name} in gzip", mediaType, Changed(SampleFiles.Gzip(bytes), random)),
            1 => ($"{name} in zstd", mediaType, Changed(SampleFiles.Zstd(bytes), random)),
            2 => ($"{name} to gzip", mediaType, SampleFiles.Gzip(Changed(bytes, random))),
            3 => ($"{name} to zstd", mediaType, SampleFiles.Zstd(Changed(bytes, random))),
            _ => (name, mediaType, Changed(bytes, random)),
        };
    }

    private static byte[] Changed(byte[] bytes, Random random)
    {
        var file = new List<byte>(bytes);
        for (var changes = random.Next(1, 4); changes > 0 && file.Count > 0; changes--)
        {
            // A quarter of the changes are near the end, where Parquet has its footer.
            var place = random.Next(4) == 0 ? Math.Max(0, file.Count - 1 - random.Next(600)) : random.Next(file.Count);
            var length = Math.Min(random.Next(1, random.Next(2, 100)), file.Count - place);
            switch (random.Next(10))
            {
                case 0:
                    file.RemoveRange(place, length);
                    break;
                case 1 when random.Next(3) == 0:
                    file.RemoveRange(place, file.Count - place);
                    break;
                case 2:
                    file.InsertRange(place, file.GetRange(random.Next(file.Count - length + 1), length));
                    break;
                case 3:
                    var other = Samples[random.Next(Samples.Count)].Bytes;
                    var from = random.Next(other.Length);
                    file.InsertRange(place, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                    break;
                case 4:
                    for (var i = 0; i < length; i++)
                        file[place + i] = Structural[random.Next(Structural.Length)];
                    break;
                case 5 or 6:
                    file[place] = (byte)random.Next(256);
                    break;
                case 7:
                    file[place] = Structural[random.Next(Structural.Length)];
                    break;
                default:
                    file[place] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. file];
    }

    /// <summary>The service, with a model that takes the columns of the files.</summary>
    public sealed class Target : IAsyncLifetime
    {
        private readonly TestApplication _application = new()
        {
            Settings = { ["Datasets:MaxConcurrentImports"] = $"{AtOnce}", ["Datasets:Threads"] = "1", ["Datasets:MaxImportSeconds"] = "20" },
        };

        public ApiClient Api => _application.Api;

        public string[] Leftovers() => _application.Files("uploads", "datasets");

        public async ValueTask InitializeAsync()
        {
            var csv = Samples[0].Bytes;
            var id = (await Api.Upload("name=sample", csv)).GetProperty("id").GetString();
            await Api.Train($$"""{ "datasetId": "{{id}}", "target": "good", "modelName": "mutants" }""");
            (await Api.Delete($"datasets/{id}")).Expect(HttpStatusCode.NoContent);
            Encoding.UTF8.GetString(csv).ShouldStartWith("age,");
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();
    }
}
