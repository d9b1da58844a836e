using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests;

/// <summary>The files of Reference/, copied beside the tests.</summary>
internal static class ReferenceData
{
    /// <summary>A CSV of numbers with a header; the last column is the label.</summary>
    public static (DesignMatrix Features, double[] Labels) Csv(string name)
    {
        var lines = File.ReadAllLines(PathOf(name));
        var rows = lines.Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var columns = rows[0].Length - 1;
        return (DesignMatrix.FromRows(rows.SelectMany(row => row[..columns]).ToArray(), rows.Length, columns), rows.Select(row => row[columns]).ToArray());
    }

    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllBytes(PathOf(name))).RootElement;

    public static double[] Numbers(this JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble()).ToArray();

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", name);
}
