using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;
using SigmoidApi.Client;
using SigmoidApi.Client.Models;

// What a user of the generated client does, from a file to predictions. The tests compare each line with what the service itself answers.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (address, path, name) = (args[0], args[1], "by-kiota");

using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider()) { BaseUrl = address };
var api = new SigmoidClient(adapter).Api.V1;

await using var upload = File.OpenRead(path);
var form = new MultipartBody();
form.AddOrReplacePart("file", "text/csv", upload, "credit.csv");
var dataset = Given(await api.Datasets.PostAsync(form, call => call.QueryParameters.Name = name));
var columns = Given(dataset.Columns).Select(column => $"{column.Name} ({column.Type})".ToLowerInvariant());
Console.WriteLine($"data set: {dataset.Rows} rows of {string.Join(", ", columns)}");

var queued = Given(await api.TrainingJobs.PostAsync(new TrainingRequest { DatasetId = dataset.Name, Target = "Status" }));
var job = Given(await api.TrainingJobs[$"{queued.Id}"].GetAsync(call => call.Headers.Add("Prefer", "wait=60")));
if (job is not { Status: TrainingJobStatus.Succeeded, Model.Name: { } trained })
    throw new InvalidOperationException($"the job {job.Status}: {job.Error?.Detail}");

var model = Given(await api.Models[trained].GetAsync());
foreach (var coefficient in Given(model.Coefficients))
    Console.WriteLine($"coefficient: {coefficient.Term} {coefficient.Estimate:F6}, standard error {coefficient.StandardError?.ToString("F6") ?? "none"}");
Console.WriteLine($"log loss: {model.Metrics?.Training?.LogLoss:F6}, validation {model.Metrics?.Validation?.LogLoss?.ToString("F6") ?? "none"}");

// Fields that take two types, and an answer that waits for the end.
var fits = Given(await api.TrainingJobs.PostAsync(
    new TrainingRequest
    {
        DatasetId = dataset.Name,
        Target = "Status",
        ModelName = $"{name}-path",
        Cs = new TrainingRequest.TrainingRequest_cs { Double = [0.1, 1] },
        ClassWeight = new UntypedString("balanced"),
        Validation = new ValidationRequest { Folds = 4 },
    },
    call => call.Headers.Add("Prefer", "wait=60")));
var chosen = Given(await api.Models[$"{name}-path"].GetAsync());
var weight = fits.Request?.ClassWeight is UntypedString text ? text.GetValue() : "none";
Console.WriteLine($"path: {fits.Status}, {weight}, {chosen.Path?.Count} fits, c {chosen.Selection?.C}, ".ToLowerInvariant()
    + $"log loss {chosen.Metrics?.Validation?.LogLoss:F6}");

var rows = Given(await api.Datasets[name].Rows.GetAsync(call => call.QueryParameters.Limit = 3));
var records = Given(rows.Rows).Select(row => new PredictWithModelRequest_rows { AdditionalData = row.AdditionalData });
var predict = api.Models[trained].Predict;
var predicted = Given(await predict.PostAsync(new PredictWithModelRequest { Rows = [.. records] }));
var labels = predicted.Labels is UntypedArray array ? array.GetValue() : [];
foreach (var (probability, label) in Given(predicted.Probabilities).Zip(labels))
    Console.WriteLine($"row: {probability:F6} {(label is UntypedString word ? word.GetValue() : "no text")}");

// The generator knows one body for each operation, which is JSON here. A file takes its place.
await using var rowsOfFile = File.OpenRead(path);
var request = predict.ToPostRequestInformation(new PredictWithModelRequest());
request.Headers.Clear();
request.SetStreamContent(rowsOfFile, "text/csv");
await using var answer = Given(await adapter.SendPrimitiveAsync<Stream>(request));
foreach (var line in (await new StreamReader(answer).ReadToEndAsync()).Split('\n').Take(2))
    Console.WriteLine($"file: {line}");

await using var stream = Given(await adapter.SendPrimitiveAsync<Stream>(api.TrainingJobs[$"{job.Id}"].Events.ToGetRequestInformation()));
await foreach (var item in SseParser.Create(stream).EnumerateAsync())
{
    if (item.EventType == "succeeded")
        Console.WriteLine($"event: {JsonDocument.Parse(item.Data).RootElement.GetProperty("status")} {item.EventId}");
}

try
{
    await api.TrainingJobs.PostAsync(new TrainingRequest { DatasetId = dataset.Name, Target = "Statuses" });
}
catch (Problem e)
{
    Console.WriteLine($"problem: {e.Status} {string.Join(", ", e.Errors?.AdditionalData.Keys ?? [])}");
}

// Every answer and member of it may be null, for Kiota.
static T Given<T>(T? value) where T : class => value ?? throw new InvalidOperationException($"the answer lacks its {typeof(T).Name}");
