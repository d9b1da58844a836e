using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Durability;

/// <summary>
/// Sends jobs to processes on one store while the processes are killed, suspended and continued, and the database server is restarted, all at random. Then
/// <see cref="Check"/> checks the jobs and their models.
/// </summary>
internal sealed class Chaos(IReadOnlyList<ServiceProcess> replicas, PostgresServer? server, int jobs, int faults, int seed)
{
    private readonly ConcurrentDictionary<string, (string Id, int Kind)> _accepted = new();
    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly Random[] _random = [.. Enumerable.Range(0, replicas.Count + 2).Select(i => new Random(seed + i))];
    private string[] _kinds = [];
    private string[] _undisturbed = [];
    private int _faultsBegun;
    private int _refused;

    /// <summary>The lines of the report.</summary>
    public List<string> Report { get; } = [];

    public async Task Run()
    {
        var dataset = await replicas[0].Api.Upload("name=credit", await File.ReadAllBytesAsync(ReferenceData.PathOf("credit.csv")));
        _kinds = Kinds(dataset.GetProperty("id").GetString()!);
        _undisturbed =
            [.. await Sequentially(_kinds, async (kind, i) => await Coefficients(replicas[0], await Trained(replicas[0], kind, $"undisturbed-{i}")))];

        var sending = Send();
        await Task.WhenAll([sending, .. replicas.Select((replica, i) => Disturb(replica, _random[i])), RestartServer(_random[^2])]);
        await Check();
    }

    private static string[] Kinds(string dataset)
    {
        var (features, labels) = ReferenceData.Article();
        var data = new { features, labels };
        return
        [
            Json(new { data, modelName = "NAME", solver = "gradient_descent", penalty = "none", tolerance = 0, learningRate = 1e-3, maxIterations = 6_000 }),
            Json(new
            {
                data,
                modelName = "NAME",
                penalty = "l1",
                cs = 30,
                validation = new { folds = 5 },
                selection = "one_standard_error",
                tolerance = 1e-11,
            }),
            Json(new { data, modelName = "NAME", solver = "lbfgs", cs = 40, validation = new { holdout = 0.3 }, tolerance = 1e-12 }),
            Json(new { data, modelName = "NAME", penalty = "firth" }),
            Json(new { datasetId = dataset, target = "Status", modelName = "NAME", cs = 8, validation = new { folds = 3 } }),
        ];

        static string Json(object request) => JsonSerializer.Serialize(request, JsonSerializerOptions.Web);
    }

    /// <summary>Sends each job until it is accepted: if an answer is lost, the request is sent again with the same Idempotency-Key.</summary>
    private async Task Send()
    {
        var random = _random[^1];
        for (var i = 0; i < jobs; i++)
        {
            var kind = random.Next(_kinds.Length);
            var name = $"chaos-{i}";
            while (!_accepted.ContainsKey(name))
            {
                var replica = replicas[random.Next(replicas.Count)];
                try
                {
                    using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
                    timeout.CancelAfter(TimeSpan.FromSeconds(2));
                    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica.Address, "/api/v1/training-jobs"))
                    {
                        Content = ApiClient.Json(_kinds[kind].Replace("NAME", name, StringComparison.Ordinal)),
                    };
                    request.Headers.TryAddWithoutValidation("Idempotency-Key", name);
                    using var answer = await replica.Api.Http.SendAsync(request, timeout.Token);
                    if (answer.StatusCode == HttpStatusCode.Accepted)
                        _accepted[name] = (JsonElement.Parse(await answer.Content.ReadAsStringAsync(timeout.Token)).GetProperty("id").GetString()!, kind);
                    else if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
                        Interlocked.Increment(ref _refused);
                    else
                        throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(timeout.Token)}");
                }
                catch (Exception e) when (
                    e is HttpRequestException or IOException or OperationCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested)
                {
                    await Task.Delay(50);
                }
            }

            // The jobs are spread over the faults, so that each fault happens while there are jobs.
            while (Math.Min(Volatile.Read(ref _faultsBegun), faults) * (double)jobs < (i - 3.0) * faults)
                await Task.Delay(20);
        }
    }

    private async Task Disturb(ServiceProcess replica, Random random)
    {
        while (true)
        {
            await Task.Delay(random.Next(500, 3_500));
            if (Interlocked.Increment(ref _faultsBegun) > faults)
                return;
            if (random.Next(2) == 0)
            {
                Count("kill -9");
                await replica.Kill();
                await Task.Delay(random.Next(0, 500));
                await replica.Start();
            }
            else
            {
                Count("SIGSTOP, SIGCONT");
                await replica.Suspend();
                // Some of these are shorter than a lease, some longer.
                await Task.Delay(random.Next(100, 7_000));
                await replica.Continue();
            }
        }
    }

    private async Task RestartServer(Random random)
    {
        while (server is not null)
        {
            await Task.Delay(random.Next(3_000, 12_000));
            if (Interlocked.Increment(ref _faultsBegun) > faults)
                return;
            Count("PostgreSQL restarted");
            await server.Stop();
            await Task.Delay(random.Next(0, 2_000));
            await server.Start();
        }
    }

    private async Task Check()
    {
        var (crashes, most, attempts) = (0, 0, 0);
        foreach (var (name, (id, kind)) in _accepted)
        {
            var job = await replicas[0].Api.Ended(id);
            job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
            var taken = job.GetProperty("attempts").GetInt32();
            (crashes, most, attempts) = (crashes + (taken > 1 ? 1 : 0), Math.Max(most, taken), attempts + taken);
            var versions = (await replicas[0].Api.Get($"models/{name}/versions")).Expect(HttpStatusCode.OK).Json.GetProperty("items");
            versions.GetArrayLength().ShouldBe(1, name);
            versions[0].GetProperty("jobId").GetString().ShouldBe(id);
            (await Coefficients(replicas[0], name)).ShouldBe(_undisturbed[kind], $"{name}: {job}");
        }

        // There are no other jobs than the accepted and the undisturbed ones, and no job is listed twice.
        var all = await Listed("training-jobs");
        var ids = _accepted.Values.Select(job => job.Id).ToArray();
        all.ShouldBe([.. ids.Order(StringComparer.Ordinal), .. all.Except(ids)], ignoreOrder: true);
        all.Count.ShouldBe(_accepted.Count + _kinds.Length);
        Report.Add($"{_accepted.Count} jobs accepted, all succeeded, each with one version of its model and the undisturbed run's bits; "
            + $"{crashes} of them took more than one attempt, {most} at most, {attempts} attempts in all; {_refused} answers were 503.");
        var done = _done.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => $"{fault.Value} × {fault.Key}");
        Report.Add($"{faults} faults, seed {seed}: {string.Join(", ", done)}.");
    }

    private async Task<List<string>> Listed(string path)
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await replicas[0].Api.Get($"{path}?limit=200{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK).Json;
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return ids;
    }

    private static async Task<string> Trained(ServiceProcess replica, string kind, string name)
    {
        await replica.Api.Train(kind.Replace("NAME", name, StringComparison.Ordinal));
        return name;
    }

    private static async Task<string> Coefficients(ServiceProcess replica, string name)
    {
        var model = (await replica.Api.Get($"models/{name}")).Expect(HttpStatusCode.OK).Json;
        return string.Concat(new[] { "intercept", "coefficients", "metrics" }.Select(member => model.GetProperty(member).GetRawText()));
    }

    private static async Task<List<T>> Sequentially<TItem, T>(IEnumerable<TItem> items, Func<TItem, int, Task<T>> work)
    {
        var results = new List<T>();
        foreach (var item in items)
            results.Add(await work(item, results.Count));
        return results;
    }

    private void Count(string fault) => _done.AddOrUpdate(fault, 1, (_, count) => count + 1);
}
