using SigmoidApi;
using SigmoidApi.Database;
using SigmoidApi.Datasets;
using SigmoidApi.Functions;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.OpenApi;
using SigmoidApi.Operations;
using SigmoidApi.Serving;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs;
using SigmoidApi.Workers;

FileModes.KeepToOwner();
if (args is [WorkerMain.Verb, var memoryBytes, var fileBytes])
    return WorkerMain.Run([UploadedFiles.Import, FilePrediction.Verb], memoryBytes, fileBytes);
if (args is [Backup.Verb, var directory, .. var settings])
    return await Backup.RunAsync(directory, settings, Console.Out);

var builder = WebApplication.CreateBuilder(args);

builder.AddTelemetry();
builder.AddAddresses();
builder.AddHttpConventions();
builder.AddConnectionLimit();
builder.AddHealth();
builder.AddOpenApiDocument();
builder.AddStorage();
builder.AddIdempotency();
builder.AddRetention();
builder.AddDatasets();
builder.AddTrainingJobs();
builder.AddModels();
builder.AddServing();

await using var app = builder.Build();

app.UseAddresses();
app.UseRequestTelemetry();
app.UsePipeline();
app.UseOpenApiDocument();

app.MapHealth();

var api = app.MapApi();
api.AddRefusals();
api.MapDatasets();
api.MapTrainingJobs();
api.MapModels();
api.MapServing();
api.MapActivations();
api.MapPrediction();
app.MapVersion();

if (!await app.PrepareStorageAsync())
    return 1;
await app.RunAsync();
return 0;
