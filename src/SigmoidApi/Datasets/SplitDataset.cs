using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Data;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Datasets;

/// <summary>How to split a data set into one to train on and one to test with.</summary>
/// <param name="Test">The share of the rows that goes to the test set.</param>
/// <param name="StratifyBy">A column, usually the target, whose values have the same proportions in both parts as in the whole.</param>
/// <param name="GroupBy">
/// A column, such as a patient or a customer, whose equal values stay together in one part. Whole groups are drawn, so the test set only comes close to its
/// share.
/// </param>
/// <param name="TimeBy">A column of times or numbers; the rows with its latest values become the test set.</param>
/// <param name="Seed">The seed of the random draw: the same seed gives the same split on every machine.</param>
/// <param name="Names">Names of the two parts; by default the data set's name with <c>-train</c> and <c>-test</c>.</param>
public sealed record SplitDatasetRequest(
    [property: Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)] double Test = 0.25,
    string? StratifyBy = null,
    string? GroupBy = null,
    string? TimeBy = null,
    long Seed = 42,
    SplitNames? Names = null);

/// <summary>Names of the parts of a split.</summary>
/// <param name="Training">The name of the data set to train on; by default the name of the whole with <c>-train</c>.</param>
/// <param name="Test">The name of the data set to test with; by default the name of the whole with <c>-test</c>.</param>
public sealed record SplitNames(
    [property: RegularExpression(Http.ResourceNames.Form)] string? Training = null, [property: RegularExpression(Http.ResourceNames.Form)] string? Test = null);

/// <summary>Two new data sets. Each row of the old one is in one of them, and the order of the rows is kept.</summary>
/// <param name="Training">The data set to train on.</param>
/// <param name="Test">The data set to test with.</param>
public sealed record SplitDatasetResponse(Dataset Training, Dataset Test);

/// <summary><c>POST /datasets/{id}/split</c></summary>
internal static class SplitDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapPost("/{id}/split", Handle).WithName("SplitDataset").WithSummary("Split a data set into two new ones, to train on and to test with")
            .WithDescription(
                "At random, stratified by a column, by the groups of a column, or by time. The same request gives the same rows again. "
                + "Groups are visited in a random order that the seed determines, and each that still fits into the share goes to the test set. "
                + "Then one change is made if it brings the test set nearer to its share: add a group, remove one, or exchange two. "
                + "The difference from the share is smaller than the largest group.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithExampleOfAnswer(StatusCodes.Status201Created, "Mails", DatasetExamples.Split)
            .WithDatasetId().WithExampleOf("id", "\"mails\"")
            .WithExample("Stratified by the target", """{ "test": 0.25, "stratifyBy": "spam", "seed": 42 }""");

    private static async Task<Results<Created<SplitDatasetResponse>, EarlierAnswer, ProblemHttpResult>> Handle(
        IdempotencyKey idempotency,
        string id,
        JsonBody<SplitDatasetRequest> body,
        HttpContext context,
        SigmoidDbContext db,
        DatasetFiles files,
        DatasetEngine engine,
        ComputeThreads threads,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await idempotency.EarlierAsync(body.Sha256) is { } earlier)
            return earlier;
        var request = body.Value;
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(id, cancellationToken);
        var (field, by) = request switch
        {
            { StratifyBy: { } column } => ("stratifyBy", column),
            { GroupBy: { } column } => ("groupBy", column),
            { TimeBy: { } column } => ("timeBy", column),
            _ => ("", null),
        };
        var profile = dataset.Columns.FirstOrDefault(column => column.Name == by);
        if (by is not null && profile is null)
            return Problems.Field(StatusCodes.Status400BadRequest, field, dataset.ExpectedColumn(by));
        if (request.TimeBy is not null && profile!.IsText)
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, field, $"expected a column of dates or numbers, but '{by}' is text");
        if (request.TimeBy is not null && profile!.Missing > 0)
        {
            return Problems.Field(
                StatusCodes.Status422UnprocessableEntity, field, $"expected a value in each row, but '{by}' has missing values ({profile.Missing})");
        }

        int[] test;
        try
        {
            var values = profile is null
                ? null
                : (await engine.ReadAsync(dataset.Id, [], [new ColumnToRead(profile, profile.IsText)], cancellationToken)).Others[0];
            // The work of a row, in multiplications: it is drawn, sorted and looked up.
            test = await threads.RunAsync(100.0 * dataset.Rows, () => TestRows(request, checked((int)dataset.Rows), values), cancellationToken);
        }
        catch (UntrainableDataException unsplittable)
        {
            return Problems.Field(StatusCodes.Status422UnprocessableEntity, field.Length == 0 ? "test" : field, unsplittable.Message);
        }

        var now = time.GetUtcNow();
        var (trainingName, testName) = (request.Names?.Training ?? $"{Short(dataset.Name)}-train", request.Names?.Test ?? $"{Short(dataset.Name)}-test");
        using var parts = await engine.SplitAsync(dataset, Guid.CreateVersion7(now), Guid.CreateVersion7(now.AddMilliseconds(1)), test, cancellationToken);
        var location = context.PathOf("GetDataset", parts.Training.Staged.Id);
        foreach (var part in new[] { parts.Training, parts.Test })
            files.Publish(part.Staged.Id, part.Staged.ParquetPath);
        var added = await db.AddDatasetsAsync(
            [
                (trainingName, version => DatasetOf(parts.Training, trainingName, version)),
                (testName, version => DatasetOf(parts.Test, testName, version)),
            ],
            added => idempotency.TryKeepAsync(StatusCodes.Status201Created, location, new SplitDatasetResponse(added[0], added[1])));
        if (added is not null)
            return TypedResults.Created(location, new SplitDatasetResponse(added[0], added[1]));
        foreach (var part in new[] { parts.Training, parts.Test })
            files.Delete(part.Staged.Id);
        return await idempotency.WinnerAsync();

        Dataset DatasetOf(DatasetPart part, string name, int version) => new()
        {
            Id = part.Staged.Id,
            Name = name,
            Version = version,
            Rows = part.Rows,
            Columns = part.Columns,
            Bytes = part.Staged.Bytes,
            Sha256 = part.Staged.Sha256,
            CreatedAt = now,
        };
    }

    private static int[] TestRows(SplitDatasetRequest request, int rows, ColumnValues? values) => request switch
    {
        { TimeBy: not null } => RowSplit.ByTime(values!.Numbers, request.Test).Test,
        { GroupBy: not null } => RowSplit.ByGroup(Numbered(values!), request.Test, request.Seed).Test,
        { StratifyBy: not null } => RowSplit.Stratified(Numbered(values!), request.Test, request.Seed).Test,
        _ => RowSplit.Shuffled(rows, request.Test, request.Seed).Test,
    };

    // A number for each distinct value. Rows without a value form a class or group of their own, so codes, which are -1 for them, are raised by 1.
    private static int[] Numbered(ColumnValues values) => values.Codes is null ? values.Numbered() : Array.ConvertAll(values.Codes, code => code + 1);

    // A name may have 100 characters, and the suffix takes up to 6 of them.
    private static string Short(string name) => name[..Math.Min(name.Length, 94)];

    internal sealed class Validator : AbstractValidator<SplitDatasetRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Test).Must(test => test is > 0 and < 1).WithMessage("expected a share of the rows above 0 and below 1, got {PropertyValue}");
            RuleFor(r => r).Must(r => (r.StratifyBy is null ? 0 : 1) + (r.GroupBy is null ? 0 : 1) + (r.TimeBy is null ? 0 : 1) <= 1)
                .OverridePropertyName("stratifyBy").WithMessage("expected at most one of 'stratifyBy', 'groupBy' and 'timeBy'");
            RuleFor(r => r.Names!.Training).Name().When(r => r.Names is not null);
            RuleFor(r => r.Names!.Test).Name().When(r => r.Names is not null);
        }
    }
}
