using Microsoft.EntityFrameworkCore;
using Microsoft.OpenApi;
using SigmoidApi.Datasets;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

public static class TrainingJobEndpoints
{
    public static void AddTrainingJobs(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TrainingOptions>().BindConfiguration(TrainingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // Inline, because for a referenced schema of several types NSwag generates a class.
        builder.Services.AddInlineSchema<PathGrid>(_ => new OpenApiSchema
        {
            Description = "The number of values of `c`, evenly spaced in log from 1e-4 to 1e4; or the values: different numbers above 0.",
            OneOf =
            [
                Schemas.Only(2),
                Schemas.Integer(minimum: 3),
                new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, UniqueItems = true, Items = Schemas.Positive() },
            ],
        });
        builder.Services.AddInlineSchema<LabelWeights>(_ => new OpenApiSchema
        {
            Description = "`balanced`, which gives each label the same total weight; or a weight for each label, by default 1.",
            OneOf =
            [
                Schemas.Only(LabelWeights.Balanced),
                new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Schemas.Number(minimum: 0) },
            ],
        });
        builder.Services.AddSingleton(new SchemaOf(typeof(TrainingEvent), TrainingEvent.Describe, nameof(TrainingEvent)));
        builder.Services.AddSingleton<DatasetUse>(UseAsync).AddSingleton<PenaltyOfJob>(PenaltyAsync);
        builder.Services.AddSingleton<RunningFits>();
        builder.Services.AddSingleton<TrainingQueue>();
        builder.Services.AddSingleton<TrainingLeases>();
        builder.Services.AddSingleton<MemoryBudget>();
        builder.Services.AddSingleton<TrainedRows>();
        builder.Services.AddSingleton<TrainingFeeds>();
        builder.Services.AddSingleton<TrainingWait>();
        builder.Services.AddSingleton<TrainingRunner>();
        // Services stop in reverse order, and the heartbeat must outlive the runs.
        builder.Services.AddHostedService<Heartbeat>();
        builder.Services.AddHostedService<TrainingWorker>();
    }

    public static void MapTrainingJobs(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/training-jobs")
            .WithTag("Training", "Jobs that train a model in the background: start one, wait for it or watch it, stop it early, cancel it.");
        CreateTrainingJob.Map(jobs);
        ListTrainingJobs.Map(jobs);
        GetTrainingJob.Map(jobs);
        GetTrainingHistory.Map(jobs);
        WatchTrainingJob.Map(jobs);
        StopTrainingJob.Map(jobs);
        CancelTrainingJob.Map(jobs);
    }

    private static async Task<string?> UseAsync(Guid datasetId, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var job = await db.TrainingJobs.AsNoTracking().FirstOrDefaultAsync(
            j => j.DatasetId == datasetId && (j.Status == TrainingJobStatus.Queued || j.Status == TrainingJobStatus.Running), cancellationToken);
        return job is null ? null : $"Training job {job.Id} uses the data set; cancel it, or delete the data set when it has ended.";
    }

    private static async Task<ListedPenalty?> PenaltyAsync(Guid jobId, SigmoidDbContext db, CancellationToken cancellationToken) =>
        (await db.TrainingJobs.Where(job => job.Id == jobId).Select(job => job.Request).SingleOrDefaultAsync(cancellationToken))?.ListedPenalty;

    /// <summary>Describes the path parameter <c>id</c>.</summary>
    internal static RouteHandlerBuilder WithJobId(this RouteHandlerBuilder route) =>
        route.WithPathParameter("id", "The id of a job, or `latest` for the job that was accepted last.", Schemas.Text());

    /// <summary>Describes the header <c>Prefer</c>, and the headers of answers to it.</summary>
    internal static RouteHandlerBuilder WithWait(this RouteHandlerBuilder route, params int[] statuses)
    {
        route.WithRequestHeader(
            "Prefer", "`wait=10` holds the answer until the job ends, for at most 10 seconds. The longest wait is `Limits:MaxWaitSeconds`.", Schemas.Text());
        foreach (var status in statuses)
        {
            route.WithOptionalAnswerHeader(status, "Preference-Applied", "The longest that the answer was held; left out if `Prefer` does not ask for that.");
            route.WithOptionalAnswerHeader(
                status, "Retry-After", "The seconds after which to ask again; left out if the job has ended.", Schemas.Integer(minimum: 0));
        }

        return route;
    }

    /// <summary>Finds the job of a path: by its id, or for <c>latest</c> the job that was accepted last.</summary>
    internal static Task<TrainingJob?> FindJobAsync(this IQueryable<TrainingJob> jobs, string id, CancellationToken cancellationToken) =>
        JobsOf(jobs, id) is { } found ? found.FirstOrDefaultAsync(cancellationToken) : Task.FromResult<TrainingJob?>(null);

    internal static Task<Guid?> FindJobIdAsync(this IQueryable<TrainingJob> jobs, string id, CancellationToken cancellationToken) =>
        JobsOf(jobs, id) is { } found ? found.Select(j => (Guid?)j.Id).FirstOrDefaultAsync(cancellationToken) : Task.FromResult<Guid?>(null);

    private static IQueryable<TrainingJob>? JobsOf(IQueryable<TrainingJob> jobs, string id) =>
        id == "latest" ? jobs.OrderByDescending(j => j.Id) : Guid.TryParse(id, out var guid) ? jobs.Where(j => j.Id == guid) : null;
}
