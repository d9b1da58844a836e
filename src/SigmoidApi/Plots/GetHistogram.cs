using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Plots;

/// <summary><c>GET /datasets/{id}/histogram?column=…&amp;target=…&amp;bins=20</c></summary>
internal static class GetHistogram
{
    private const int DefaultBins = 20;

    public static void Map(RouteGroupBuilder plots) =>
        plots.MapGet("/datasets/{id}/histogram", Handle).WithName("GetHistogram").WithSummary("The histogram of a column, by the classes of a target")
            .WithDescription(
                "Exact, of all rows. With a target, rows without one are left out, and bins are the same for each class. Of a category, a text or a boolean "
                + "the most frequent values are counted.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithColumn().WithETag()
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", PlotExamples.Histogram);

    /// <summary>Describes the parameters that a histogram has as JSON and as a picture.</summary>
    internal static RouteHandlerBuilder WithColumn(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .WithDatasetId().WithExampleOf("id", "\"mails\"")
        .WithQueryParameter("column", "The name of the column.", Schemas.Text()).WithExampleOf("column", "\"word_freq_free\"")
        .WithQueryParameter("target", "A column whose classes are counted each by itself.", Schemas.Text()).WithExampleOf("target", "\"spam\"")
        .WithQueryParameter(
            "bins", "The number of bins, or the most values of a category, up to `Limits:MaxPageItems`.",
            Schemas.Integer(minimum: 1, byDefault: DefaultBins)).WithExampleOf("bins", "5");

    private static async Task<Results<Ok<ColumnHistogram>, NotModified, ProblemHttpResult>> Handle(
        string id, string? column, string? target, string? bins, HttpContext context, SigmoidDbContext db, HistogramReader reader,
        CancellationToken cancellationToken)
    {
        var (asked, problem) = await reader.FindAsync(id, column, target, bins, db, cancellationToken);
        if (asked is null)
            return problem!;
        if (EntityTags.SetAndCompare(context, asked.Tag))
            return new NotModified();
        var (histogram, deleted) = await reader.ReadAsync(asked, id, db, cancellationToken);
        return histogram is null ? deleted! : TypedResults.Ok(histogram);
    }

    /// <summary>A histogram that can be computed.</summary>
    internal sealed record Asked(Dataset Dataset, ColumnProfile Column, ColumnProfile? Target, int Bins)
    {
        public string Tag => string.Create(
            CultureInfo.InvariantCulture, $"{Dataset.Id:n}-{Dataset.Columns.IndexOf(Column)}-{(Target is null ? -1 : Dataset.Columns.IndexOf(Target))}-{Bins}");
    }

    private static int IndexOf(this IReadOnlyList<ColumnProfile> columns, ColumnProfile column) => columns.Index().First(one => one.Item == column).Index;

    /// <summary>Reads what a histogram counts.</summary>
    internal sealed class HistogramReader(DatasetEngine engine, DatasetFiles files, ComputeThreads threads, IOptions<LimitOptions> limits)
    {
        /// <summary>What was asked for, or the problem with it.</summary>
        public async Task<(Asked? Asked, ProblemHttpResult? Problem)> FindAsync(
            string id, string? column, string? target, string? bins, SigmoidDbContext db, CancellationToken cancellationToken)
        {
            var most = limits.Value.MaxPageItems;
            var count = Math.Min(DefaultBins, most);
            if (bins is not null && (!int.TryParse(bins, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1 || count > most))
                return (null, Problems.Field(StatusCodes.Status400BadRequest, "bins", $"expected a whole number from 1 to {most}, got '{bins}'"));
            if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
                return (null, await db.MissingDatasetAsync(id, cancellationToken));
            if (column is null)
                return (null, Problems.Field(StatusCodes.Status400BadRequest, "column", "expected the name of a column, as in ?column=Amount"));
            if (dataset.Columns.FirstOrDefault(one => one.Name == column) is not { } counted)
                return (null, Problems.Field(StatusCodes.Status400BadRequest, "column", dataset.ExpectedColumn(column)));
            if (target is null)
                return (new(dataset, counted, null, count), null);
            if (dataset.Columns.FirstOrDefault(one => one.Name == target) is not { } classes)
                return (null, Problems.Field(StatusCodes.Status400BadRequest, "target", dataset.ExpectedColumn(target)));
            // One class is enough for a histogram, unlike for a fit.
            return classes.Distinct > 1 && TargetColumn.Against(classes, limits.Value.MaxClasses) is { } reason
                ? (null, Problems.Field(StatusCodes.Status422UnprocessableEntity, "target", reason))
                : (new(dataset, counted, classes, count), null);
        }

        /// <summary>The histogram, or the 404 for a data set that was deleted meanwhile.</summary>
        public async Task<(ColumnHistogram? Histogram, ProblemHttpResult? Deleted)> ReadAsync(
            Asked asked, string id, SigmoidDbContext db, CancellationToken cancellationToken)
        {
            var (dataset, column, target, bins) = asked;
            try
            {
                ColumnToRead[] columns = target is null || target == column
                    ? [new(column, column.IsText, Required: target is not null)]
                    : [new(column, column.IsText), new(target, target.IsText, Required: true)];
                var read = await engine.ReadAsync(dataset.Id, [], columns, cancellationToken);
                var classes = target is null ? null : read.Others[^1];
                // The work of a row, in multiplications: it is sorted and looked up.
                return (await threads.RunAsync(100.0 * dataset.Rows, () =>
                {
                    var labels = classes is null ? [] : TargetClasses.Of(classes);
                    return ColumnHistogram.Of(column, read.Others[0], target?.Name, labels, classes is null ? null : IndexesOf(classes, labels), bins);
                }, cancellationToken), null);
            }
            catch (Exception) when (!File.Exists(files.ParquetPath(dataset.Id)))
            {
                // The data set was deleted after its row was read. If the row still exists, the file was lost.
                if (await db.Datasets.AnyAsync(d => d.Id == dataset.Id, cancellationToken))
                    throw;
                return (null, await db.MissingDatasetAsync(id, cancellationToken));
            }
        }

        /// <summary>The index of each row's class.</summary>
        private static int[] IndexesOf(ColumnValues target, ClassLabel[] labels)
        {
            if (target.Numbers is { } numbers)
            {
                var ofNumber = labels.Index().ToDictionary(label => label.Item.Number, label => label.Index);
                return Array.ConvertAll(numbers, number => ofNumber[number]);
            }

            var ofText = labels.Index().ToDictionary(label => label.Item.Text!, label => label.Index, StringComparer.Ordinal);
            var ofCode = target.Levels.Select(level => ofText.GetValueOrDefault(level, -1)).ToArray();
            return Array.ConvertAll(target.Codes!, code => ofCode[code]);
        }
    }
}
