using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests.Preprocessing;

/// <summary>Rows of a table in the form of a request: numbers, and codes looked up by the names of levels.</summary>
internal static class ServedRows
{
    public static (double[] Numbers, int[][] Codes) Of(FeatureTable table, Preparation preparation, int[] rows)
    {
        double[] numbers = table.Numbers is null ? [] : [.. rows.SelectMany(row => table.Numbers.RowOf(row))];
        int[][] codes = [.. table.Columns.Zip(preparation.Columns).Where(pair => pair.First.Codes is not null).Select(pair =>
        {
            var (source, category) = (pair.First.Codes!, (FittedCategory)pair.Second);
            return rows.Select(row => category.CodeOf(source.Codes[row] < 0 ? null : source.Levels[source.Codes[row]])).ToArray();
        })];
        return (numbers, codes);
    }
}
