using System.Globalization;
using SigmoidApi.Datasets;
using SigmoidApi.Models;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>Warnings about rows that are left out because they lack a target, weight, cluster, group or time. A weight of 0 is not missing.</summary>
internal static class RowsLeftOut
{
    /// <summary>A warning for each column in which rows have no value. A row without several of them counts in each.</summary>
    public static IReadOnlyList<ModelWarning> Of(Dataset dataset, TrainingRequest request)
    {
        var missing = dataset.Columns.ToDictionary(column => column.Name, column => column.Missing, StringComparer.Ordinal);
        return
        [
            .. request.OtherColumns.Where(named => missing[named.Column] > 0)
                .Select(named => Warning(named.Field, named.Column, missing[named.Column], dataset.Rows)),
        ];
    }

    private static ModelWarning Warning(string field, string column, long count, long rows)
    {
        var what = field switch
        {
            "target" => "target",
            "sampleWeight" => "weight",
            "clusterBy" => "cluster",
            "validation.groupBy" => "group",
            "validation.timeBy" => "time",
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, "There is no warning for this field."),
        };
        return new(
            $"rows_without_{what}",
            string.Create(CultureInfo.InvariantCulture, $"{count} of {rows} rows have no value in '{column}', their {what} ({field}), and are left out. ")
            + "Fill these values in, or choose another column, to fit to all rows.",
            [column],
            Count: count);
    }
}
