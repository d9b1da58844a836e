using Microsoft.EntityFrameworkCore;

namespace SigmoidApi.TrainingJobs;

public static class TrainingJobEndpoints
{
    public static void AddTrainingJobs(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TrainingOptions>().BindConfiguration(TrainingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RunningFits>();
        builder.Services.AddSingleton<TrainingQueue>();
        builder.Services.AddSingleton<TrainingWait>();
        builder.Services.AddHostedService<TrainingWorker>();
    }

    public static void MapTrainingJobs(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/training-jobs").WithTags("Training jobs");
        CreateTrainingJob.Map(jobs);
        ListTrainingJobs.Map(jobs);
        GetTrainingJob.Map(jobs);
        CancelTrainingJob.Map(jobs);
    }

    /// <summary>Finds the job that a path means: by its id, or <c>latest</c> for the one accepted last.</summary>
    internal static Task<TrainingJob?> FindJobAsync(this IQueryable<TrainingJob> jobs, string id, CancellationToken cancellationToken) =>
        id == "latest"
            ? jobs.OrderByDescending(j => j.Id).FirstOrDefaultAsync(cancellationToken)
            : Guid.TryParse(id, out var guid) ? jobs.SingleOrDefaultAsync(j => j.Id == guid, cancellationToken) : Task.FromResult<TrainingJob?>(null);
}
