using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>What a version of a model was trained on.</summary>
/// <param name="Version">The version.</param>
/// <param name="Request">The request that trained it.</param>
/// <param name="Dataset">The data set, which still exists.</param>
internal sealed record TrainedSource(ModelVersion Version, TrainingRequest Request, Dataset Dataset);

/// <summary>
/// Reads the rows that a version of a model was trained on again, as its fit had them. The rows take memory of <see cref="MemoryBudget"/>, as those of a fit
/// do, and are read and used on <see cref="ComputeThreads"/>.
/// </summary>
internal sealed class TrainedRows(
    DatasetEngine engine, DatasetFiles files, MemoryBudget budget, ComputeThreads threads, IOptions<TrainingOptions> options, TimeProvider time)
{
    /// <summary>The request that trained a version; null if it is not known any more.</summary>
    public static async Task<TrainingRequest?> RequestAsync(SigmoidDbContext db, ModelVersion version, CancellationToken cancellationToken) =>
        await db.ModelRequests.AsNoTracking().Where(r => r.JobId == version.JobId).Select(r => r.Request).SingleOrDefaultAsync(cancellationToken)
        // A version of an older service has its request in its job, as long as that is kept.
        ?? await db.TrainingJobs.AsNoTracking().Where(j => j.Id == version.JobId).Select(j => j.Request).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Finds what a version was trained on.</summary>
    /// <returns>The source, or the 409 or 422 that says why its rows cannot be read.</returns>
    public async Task<(TrainedSource? Source, ProblemHttpResult? Problem)> FindAsync(
        SigmoidDbContext db, ModelVersion version, CancellationToken cancellationToken)
    {
        var model = ModelEndpoints.Describe(version.Name, version.Version);
        if (version.DatasetId is not { } id)
        {
            return (null, Problems.Conflict(
                $"Expected training rows that are stored, but {model} was trained on data in its request, which are not kept. "
                + "Upload the data as a data set and train on it."));
        }

        if (await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken) is not { } dataset)
        {
            return (null, Problems.Conflict(
                $"Expected training rows that are stored, but the data set of {model} has been deleted. Upload the data again and train on it."));
        }

        if (await RequestAsync(db, version, cancellationToken) is not { } request)
        {
            return (null, Problems.Conflict(
                $"Expected the request that trained {model}, but it was not kept by the service of that time, and its job has been deleted. Train again."));
        }

        if (dataset.Rows > options.Value.MaxInspectedRows)
        {
            return (null, Problems.Of(
                StatusCodes.Status422UnprocessableEntity,
                $"Expected at most {options.Value.MaxInspectedRows} training rows (Training:MaxInspectedRows), but the data set of {model} has "
                + $"{dataset.Rows}."));
        }

        return (new(version, request, dataset), null);
    }

    /// <summary>Reads the rows and computes with them, off the request threads.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="compute">Gets the rows and the options of the fit.</param>
    /// <param name="cancellationToken">Ends the wait for memory, the reading and each pass.</param>
    /// <returns>The result; or a 503 if there was no memory in time, a 409 if the data set was deleted meanwhile, a 422 if the rows do not admit it.</returns>
    public async Task<(T? Value, ProblemHttpResult? Problem)> RunAsync<T>(
        TrainedSource source, Func<TrainingRows, LogisticOptions, T> compute, CancellationToken cancellationToken)
        where T : class
    {
        var (mode, bytes) = MemoryEstimate.Of(source.Dataset, source.Request).Under(budget.Limit);
        using var reservation = budget.Reserve(bytes);
        try
        {
            await reservation.Granted.WaitAsync(TimeSpan.FromSeconds(options.Value.InspectionWaitSeconds), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return (null, Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The memory for the training rows is taken by running fits (Training:MemoryLimitMegabytes). Send the request again later."));
        }

        try
        {
            return (await threads.RunAsync(double.PositiveInfinity, Compute, cancellationToken), null);
        }
        catch (UntrainableDataException e)
        {
            return (null, Problems.Of(StatusCodes.Status422UnprocessableEntity, e.Message));
        }
        catch (Exception) when (!File.Exists(files.ParquetPath(source.Dataset.Id)))
        {
            return (null, Problems.Conflict(
                $"Expected training rows that are stored, but the data set '{source.Dataset.Name}' has been deleted. Upload the data again and train on it."));
        }

        T Compute()
        {
            files.RequireReadable(source.Dataset.Id);
            using var rows = TrainingRows.Read(engine, source.Dataset, source.Request, mode == MemoryMode.Streamed, cancellationToken);
            var fitted = RequestTrainer.Options(source.Request, rows, [.. source.Version.Trained.Classes], options.Value, time);
            return compute(rows, fitted);
        }
    }

    /// <summary>
    /// For each row that a fit had, its number in the data set, from 0; null if they are all rows. Rows without a target, weight, cluster, group or time are
    /// left out of a fit. Blocks the calling thread.
    /// </summary>
    public int[]? Numbers(TrainedSource source, CancellationToken cancellationToken)
    {
        var columns = source.Dataset.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var lacking = source.Request.OtherColumns.Select(named => columns[named.Column]).Where(column => column.Missing > 0).ToArray();
        if (lacking.Length == 0)
            return null;
        var read = engine.Read(
            source.Dataset.Id, [], [.. lacking.Select(column => new Tables.Rows.ColumnToRead(column, column.IsText))], cancellationToken);
        return
        [
            .. Enumerable.Range(0, read.Rows).Where(row => read.Others.All(values => values.Codes is { } codes
                ? codes[row] >= 0
                : !double.IsNaN(values.Numbers![row]))),
        ];
    }
}
