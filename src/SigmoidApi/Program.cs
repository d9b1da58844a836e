using SigmoidApi.Activations;
using SigmoidApi.Datasets;
using SigmoidApi.Datasets.Import;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Models;
using SigmoidApi.Prediction;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs;

if (args is [WorkerMain.Verb])
    return WorkerMain.Run();
if (args is [Backup.Verb, var directory, .. var settings])
    return await Backup.RunAsync(directory, settings, Console.Out);

var builder = WebApplication.CreateBuilder(args);

builder.AddTelemetry();
builder.AddHttpConventions();
builder.AddHealth();
builder.AddOpenApiDocument();
builder.AddStorage();
builder.AddDatasets();
builder.AddTrainingJobs();
builder.AddModels();

await using var app = builder.Build();

app.UseRequestTelemetry();
app.UseHttpConventions();
app.UseOpenApiDocument();

app.MapHealth();

var api = app.MapApi();
api.MapDatasets();
api.MapTrainingJobs();
api.MapModels();
api.MapActivations();
api.MapPrediction();

await app.PrepareStorageAsync();
await app.RunAsync();
return 0;
