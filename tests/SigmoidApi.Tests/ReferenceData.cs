using System.Globalization;
using System.Text.Json;

namespace SigmoidApi.Tests;

/// <summary>The files in <c>Reference/</c>; its README names their sources.</summary>
internal static class ReferenceData
{
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Reference", file);

    public static JsonElement Json(string file) => JsonElement.Parse(File.ReadAllBytes(PathOf(file)));

    /// <summary>The cells of a CSV with a header and without quotes, by column.</summary>
    public static IReadOnlyDictionary<string, string[]> Columns(string file)
    {
        string[][] rows = [.. File.ReadAllLines(PathOf(file)).Select(line => line.Split(','))];
        return rows[0].Index().ToDictionary(column => column.Item, column => rows.Skip(1).Select(row => row[column.Index]).ToArray());
    }

    /// <summary>The article's 1,000 rows of five features, and their labels.</summary>
    public static (double[][] Features, double[] Labels) Article()
    {
        var rows = File.ReadLines(PathOf("article-training.csv")).Skip(1)
            .Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return ([.. rows.Select(row => row[..^1])], [.. rows.Select(row => row[^1])]);
    }

    public static double[] Numbers(this JsonElement element, string member) => [.. element.GetProperty(member).EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>The largest difference between two arrays of equal length.</summary>
    public static double Distance(IEnumerable<double> a, IEnumerable<double> b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
