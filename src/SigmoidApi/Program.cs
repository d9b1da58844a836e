using Microsoft.Extensions.Options;
using SigmoidApi;
using SigmoidApi.Calibrations;
using SigmoidApi.Database;
using SigmoidApi.Datasets;
using SigmoidApi.Evaluations;
using SigmoidApi.Functions;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Idempotency;
using SigmoidApi.Inspection;
using SigmoidApi.Models;
using SigmoidApi.OpenApi;
using SigmoidApi.Operations;
using SigmoidApi.Plots;
using SigmoidApi.Serving;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs;
using SigmoidApi.Workers;

FileModes.KeepToOwner();
if (args is [WorkerMain.Verb, var memoryBytes, var fileBytes])
    return WorkerMain.Run([UploadReceiver.Import, FilePrediction.Verb], memoryBytes, fileBytes);
return await InvalidSettings.ReportAsync(RunAsync, Console.Error);

async Task<int> RunAsync()
{
    if (args is [Backup.Verb, var directory, .. var settings])
        return await Backup.RunAsync(directory, settings, Console.Out);

    // Without QUIC and IIS, which are not used but take memory. TLS is added back.
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.WebHost.UseKestrelHttpsConfiguration();

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
    builder.AddEvaluations();
    builder.AddCalibrations();
    builder.AddInspection();
    builder.AddPlots();

    await using var app = builder.Build();
    // Before the host starts, which would log invalid settings with a stack trace.
    app.Services.GetRequiredService<IStartupValidator>().Validate();
    // On another thread, while this one builds the routes: these two take most of the time to start.
    var storage = Task.Run(app.PrepareStorageAsync);

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
    api.MapEvaluations();
    api.MapCalibrations();
    api.MapInspection();
    api.MapPlots();
    api.MapActivations();
    api.MapPrediction();
    app.MapVersion();

    app.BuildRoutes();
    return await storage ? await app.RunToExitAsync() : 1;
}
