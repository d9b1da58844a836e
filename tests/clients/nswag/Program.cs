using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using SigmoidApi.Client;

// What a user of the generated client does, from a file to predictions. The tests compare each line with what the service itself answers.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (address, path, name) = (args[0], args[1], "by-nswag");

using var http = new HttpClient { BaseAddress = new Uri(address) };
var client = new SigmoidClient(http) { BaseUrl = address };

await using var upload = File.OpenRead(path);
var dataset = await client.CreateDatasetAsync(name: name, file: new FileParameter(upload, "credit.csv", "text/csv"));
var columns = dataset.Columns.Select(column => $"{column.Name} ({column.Type})".ToLowerInvariant());
Console.WriteLine($"data set: {dataset.Rows} rows of {string.Join(", ", columns)}");

var queued = await client.CreateTrainingJobAsync(new TrainingRequest { DatasetId = dataset.Name, Target = "Status" });
var job = await client.GetTrainingJobAsync($"{queued.Id}", prefer: "wait=60");
if (job is not { Status: TrainingJobStatus.Succeeded, Model: { } trained })
    throw new InvalidOperationException($"the job {job.Status}: {job.Error?.Detail}");

var model = await client.GetModelAsync(trained.Name);
foreach (var coefficient in model.Coefficients)
    Console.WriteLine($"coefficient: {coefficient.Term} {coefficient.Estimate:F6}, standard error {coefficient.StandardError?.ToString("F6") ?? "none"}");
Console.WriteLine($"log loss: {model.Metrics.Training.LogLoss:F6}, validation {model.Metrics.Validation?.LogLoss.ToString("F6") ?? "none"}");

// Fields that take two types, and an answer that waits for the end.
var fits = await client.CreateTrainingJobAsync(
    new TrainingRequest
    {
        DatasetId = dataset.Name,
        Target = "Status",
        ModelName = $"{name}-path",
        Cs = new[] { 0.1, 1 },
        ClassWeight = "balanced",
        Validation = new ValidationRequest { Folds = 4 },
    },
    prefer: "wait=60");
var chosen = await client.GetModelAsync($"{name}-path");
Console.WriteLine($"path: {fits.Status}, {fits.Request.ClassWeight}, {chosen.Path?.Count} fits, c {chosen.Selection?.C}, ".ToLowerInvariant()
    + $"log loss {chosen.Metrics.Validation?.LogLoss:F6}");

var rows = await client.GetDatasetRowsAsync(name, limit: 3);
var predicted = await client.PredictWithModelAsync(trained.Name, new PredictWithModelRequest { Rows = rows.Rows });
foreach (var (probability, label) in predicted.Probabilities.Zip(predicted.Labels))
    Console.WriteLine($"row: {probability:F6} {label}");

// The generator knows one body for each operation, which is JSON here. Files go by the client's HttpClient.
await using var rowsOfFile = File.OpenRead(path);
using var file = new StreamContent(rowsOfFile) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
using var answer = await http.PostAsync(new Uri($"api/v1/models/{trained.Name}/predict", UriKind.Relative), file);
answer.EnsureSuccessStatusCode();
foreach (var line in (await answer.Content.ReadAsStringAsync()).Split('\n').Take(2))
    Console.WriteLine($"file: {line}");

using var stream = await client.WatchTrainingJobAsync($"{job.Id}");
await foreach (var item in SseParser.Create(stream.Stream).EnumerateAsync())
{
    if (item.EventType == "succeeded")
        Console.WriteLine($"event: {JsonDocument.Parse(item.Data).RootElement.GetProperty("status")} {item.EventId}");
}

try
{
    await client.CreateTrainingJobAsync(new TrainingRequest { DatasetId = dataset.Name, Target = "Statuses" });
}
catch (ApiException<Problem> e)
{
    Console.WriteLine($"problem: {e.StatusCode} {string.Join(", ", e.Result.Errors?.Keys ?? [])}");
}
