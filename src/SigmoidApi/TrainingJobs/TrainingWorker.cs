using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Datasets;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs;

/// <summary>Claims jobs and runs them, up to <c>Training:MaxConcurrency</c> at once.</summary>
internal sealed partial class TrainingWorker(
    TrainingQueue queue,
    RunningFits fits,
    DatasetEngine datasets,
    IDbContextFactory<SigmoidDbContext> contexts,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<TrainingWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await queue.RecoverAsync(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, options.Value.MaxConcurrency).Select(_ => RunJobsAsync(stoppingToken)));
    }

    private async Task RunJobsAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await queue.ClaimAsync(stopping) is { } job)
                    await RunAsync(job, stopping);
                else
                    await queue.WaitAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task RunAsync(TrainingJob job, CancellationToken stopping)
    {
        var fit = fits.Start(job.Id, stopping);
        try
        {
            LogStarted(job.Id, job.Attempts);
            // A cancel that came between the claim and the start found no fit to stop.
            if (await IsCancelRequestedAsync(job.Id, stopping))
                fit.Cancel();
            var trained = await TrainAsync(job, fit);
            var progress = fit.Progress is { } last ? last with { Fraction = 1 } : null;
            await queue.SucceedAsync(job, progress, job.Request.ModelName!, trained);
            LogSucceeded(job.Id, job.Request.ModelName!, trained.Convergence.Iterations, trained.Convergence.Converged);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await queue.ReleaseAsync(job);
            LogReleased(job.Id);
        }
        catch (OperationCanceledException)
        {
            await queue.CancelAsync(job, fit.Progress);
            LogCanceled(job.Id);
        }
        catch (UntrainableDataException e)
        {
            await queue.FailAsync(job, fit.Progress, Problem(StatusCodes.Status422UnprocessableEntity, e.Message));
            LogFailed(e, job.Id);
        }
#pragma warning disable CA1031 // the worker outlives whatever one job does; the log has the reason, the caller gets no exception text
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, job.Id);
            await queue.FailAsync(job, fit.Progress, Problem(
                StatusCodes.Status500InternalServerError, $"The fit failed; the service's log says why, under the job's id {job.Id}."));
        }
        finally
        {
            fits.Remove(job.Id);
        }
    }

    private async Task<TrainedModel> TrainAsync(TrainingJob job, RunningFit fit)
    {
        await using var db = await contexts.CreateDbContextAsync(fit.Token);
        var inline = await db.TrainingData.AsNoTracking().SingleOrDefaultAsync(d => d.JobId == job.Id, fit.Token);
        return await FitThread.RunAsync(
            () =>
            {
                var (features, others) = inline is null
                    ? datasets.ReadMatrix(job.DatasetId!.Value, job.Request.Features!, [.. job.Request.ColumnsBesideFeatures.Select(c => c.Column)], fit.Token)
                    : inline.Read();
                var rows = TrainingRows.Of(job.Request, features, others);
                return Training.Fit(job.Request, rows, options.Value, time, progress => fit.Progress = progress, fit.Token);
            },
            options.Value.Nice);
    }

    private async Task<bool> IsCancelRequestedAsync(Guid jobId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TrainingJobs.AnyAsync(j => j.Id == jobId && j.CancelRequested, cancellationToken);
    }

    private static ProblemDetails Problem(int status, string detail) =>
        new() { Status = status, Type = "about:blank", Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail };

    [LoggerMessage(LogLevel.Information, "Training job {JobId} started, attempt {Attempt}")]
    private partial void LogStarted(Guid jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Training job {JobId} made a version of model {ModelName} after {Iterations} iterations, converged: {Converged}")]
    private partial void LogSucceeded(Guid jobId, string modelName, int iterations, bool converged);

    [LoggerMessage(LogLevel.Information, "Training job {JobId} is given back to the queue, since the service stops")]
    private partial void LogReleased(Guid jobId);

    [LoggerMessage(LogLevel.Information, "Training job {JobId} was canceled")]
    private partial void LogCanceled(Guid jobId);

    [LoggerMessage(LogLevel.Warning, "Training job {JobId} failed")]
    private partial void LogFailed(Exception exception, Guid jobId);
}
