using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests;

/// <summary>The files of Reference/, which are copied to the output directory.</summary>
internal static class ReferenceData
{
    /// <summary>A CSV of numbers with a header. The last column is the label.</summary>
    public static (DesignMatrix Features, double[] Labels) Csv(string name)
    {
        var lines = File.ReadAllLines(PathOf(name));
        var rows = lines.Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var columns = rows[0].Length - 1;
        return (DesignMatrix.FromRows(rows.SelectMany(row => row[..columns]).ToArray(), rows.Length, columns), rows.Select(row => row[columns]).ToArray());
    }

    /// <summary>A CSV with a header. A column is numeric if all its cells that are not empty are numbers, and categorical otherwise.</summary>
    public static (FeatureTable Table, double[] Labels) Table(string name, string target, string positive)
    {
        var lines = File.ReadAllLines(PathOf(name));
        return TableOf(lines[0], [.. lines.Skip(1).Select(line => line.Split(',').Select(cell => cell.Trim('"')).ToArray())], target, positive);
    }

    private static (FeatureTable Table, double[] Labels) TableOf(string header, string[][] rows, string target, string positive)
    {
        var columns = new List<FeatureColumn>();
        var numbers = new List<double[]>();
        double[] labels = [];
        foreach (var (column, index) in header.Split(',').Select((cell, index) => (cell.Trim('"'), index)))
        {
            string[] cells = [.. rows.Select(row => row[index])];
            if (column == target)
            {
                labels = [.. cells.Select(cell => cell == positive ? 1.0 : 0.0)];
            }
            else if (Array.TrueForAll(cells, cell => cell.Length == 0 || double.TryParse(cell, CultureInfo.InvariantCulture, out _)))
            {
                columns.Add(new FeatureColumn(column, null));
                numbers.Add([.. cells.Select(cell => cell.Length == 0 ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture))]);
            }
            else
            {
                string[] levels = [.. cells.Where(cell => cell.Length > 0).Distinct()];
                columns.Add(new FeatureColumn(column, new CategoryCodes([.. cells.Select(cell => Array.IndexOf(levels, cell))], levels)));
            }
        }
        double[] values = [.. from i in Enumerable.Range(0, rows.Length) from column in numbers select column[i]];
        var matrix = numbers.Count == 0 ? null : DesignMatrix.FromRows(values, rows.Length, numbers.Count);
        return (new FeatureTable(rows.Length, columns, matrix), labels);
    }

    /// <summary>The same for a target of any number of classes. Rows without a target are left out.</summary>
    public static (FeatureTable Table, ClassLabels Labels) Classes(string name, string target)
    {
        var lines = File.ReadAllLines(PathOf(name));
        var place = Array.IndexOf([.. lines[0].Split(',').Select(cell => cell.Trim('"'))], target);
        string[][] rows = [.. lines.Skip(1).Select(line => line.Split(',').Select(cell => cell.Trim('"')).ToArray()).Where(row => row[place].Length > 0)];
        string[] names = [.. rows.Select(row => row[place]).Distinct().Order(StringComparer.Ordinal)];
        var (table, _) = TableOf(lines[0], rows, target, names[0]);
        return (table, new ClassLabels([.. rows.Select(row => Array.IndexOf(names, row[place]))], names));
    }

    /// <summary>The cells of a CSV with a header and without quotes, by column.</summary>
    public static IReadOnlyDictionary<string, string[]> Columns(string name)
    {
        string[][] rows = [.. File.ReadAllLines(PathOf(name)).Select(line => line.Split(','))];
        return rows[0].Index().ToDictionary(column => column.Item, column => rows.Skip(1).Select(row => row[column.Index]).ToArray());
    }

    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllBytes(PathOf(name))).RootElement;

    public static double[] Numbers(this JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble()).ToArray();

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", name);
}
