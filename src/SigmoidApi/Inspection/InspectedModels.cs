using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Inspection;

/// <summary>What an inspection asks of the model's fit.</summary>
internal enum RequiredFit
{
    /// <summary>Any penalty.</summary>
    Any,

    /// <summary>No penalty, or Firth's: the estimates have an information, and so leverages.</summary>
    WithInformation,

    /// <summary>No penalty: the likelihood ratio has its distribution.</summary>
    Unpenalized,
}

/// <summary>Opens the rows of a version of a model for an inspection, or says why that is not possible.</summary>
internal sealed class InspectedModels(TrainedRows rows)
{
    /// <summary>Finds what a version of two classes was trained on.</summary>
    /// <param name="db">The store.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The version; null for the latest.</param>
    /// <param name="required">What the inspection asks of the fit.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    /// <returns>The source; or a 404, a 422 for a model of another kind, or a 409 where the rows are gone.</returns>
    public async Task<(TrainedSource? Source, ProblemHttpResult? Problem)> FindAsync(
        SigmoidDbContext db, string name, int? version, RequiredFit required, CancellationToken cancellationToken)
    {
        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return (null, await db.MissingModelAsync(name, version, cancellationToken));
        var request = await TrainedRows.RequestAsync(db, found, cancellationToken);
        if (Refusal(found, request, required) is { } refusal)
            return (null, Problems.Of(StatusCodes.Status422UnprocessableEntity, refusal));
        return await rows.FindAsync(db, found, cancellationToken);
    }

    /// <summary>Reads the rows and computes with them, off the request threads.</summary>
    public Task<(T? Value, ProblemHttpResult? Problem)> RunAsync<T>(TrainedSource source, Func<FittedRows, T> compute, CancellationToken cancellationToken)
        where T : class =>
        rows.RunAsync(
            source,
            (training, options) =>
            {
                using var fitted = Fitted(source.Version.Trained, training, options, cancellationToken);
                return compute(fitted);
            },
            cancellationToken);

    /// <inheritdoc cref="TrainedRows.Numbers"/>
    public int[]? Numbers(TrainedSource source, CancellationToken cancellationToken) => rows.Numbers(source, cancellationToken);

    /// <summary>The preparation of a model; null if its coefficients are those of columns of numbers.</summary>
    public static Preparation? PreparationOf(TrainedModel trained) => trained.Preparation is { } columns
        ? new Preparation([.. columns.Where(column => column.Treatment != Treatment.LeftOut).Select(column => column.Fitted())])
        : null;

    private static FittedRows Fitted(TrainedModel trained, TrainingRows training, LogisticOptions options, CancellationToken cancellationToken) => new(
        training.Features,
        PreparationOf(trained),
        RequestTrainer.Labels(training.Target, trained.Classes[1]),
        new LogisticModel(trained.Intercept!.Value, [.. trained.Coefficients.Select(coefficient => coefficient.Estimate!.Value)]),
        options,
        cancellationToken);

    /// <summary>Why a model does not admit an inspection; null if it does, as far as is known.</summary>
    private static string? Refusal(ModelVersion version, TrainingRequest? request, RequiredFit required)
    {
        var (model, trained) = (ModelEndpoints.Describe(version.Name, version.Version), version.Trained);
        if (trained.Classes.Count > 2)
            return $"Expected a model of two classes, but {model} has {trained.Classes.Count}. Its summary is at .../summary.";
        if (required == RequiredFit.Any || request is null)
            return null;
        var wanted = required == RequiredFit.Unpenalized ? "without a penalty" : "without a penalty, or with the penalty 'firth'";
        if (request.EffectivePenalty != Penalty.None && !(required == RequiredFit.WithInformation && request.EffectivePenalty == Penalty.Firth))
        {
            return $"Expected a fit {wanted}, but {model} was trained with '{Http.Json.EnumNames.Of(request.EffectivePenalty)}'. "
                + "Train with \"penalty\": \"none\".";
        }

        if (trained.Inference is null)
            return $"Expected a fit that reached its maximum, but {model} was stopped before its end. Train it to the end.";
        return trained.Inference.LikelihoodRatio is null && request.EffectivePenalty == Penalty.None
            ? $"Expected a likelihood with a maximum, but the classes of {model} are separated by its columns (convergence.warnings names them). "
                + "Train with \"penalty\": \"firth\"."
            : null;
    }
}
