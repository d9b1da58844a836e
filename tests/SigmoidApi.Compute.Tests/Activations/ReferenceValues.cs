using System.Globalization;

namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>Reference/activations-f64.csv: correctly rounded values and derivatives (mpmath at 2,400 bits), as hexadecimal float64.</summary>
internal static class ReferenceValues
{
    private static readonly Dictionary<string, double[]> Columns = Read();

    public static double[] X => Columns["x"];

    public static double[] Values(string activation) => Columns[activation];

    public static double[] Derivatives(string activation) => Columns["d_" + activation];

    private static Dictionary<string, double[]> Read()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Reference", "activations-f64.csv"));
        var rows = lines.Skip(1).Select(line => line.Split(',').Select(ParseHexadecimal).ToArray()).ToArray();
        return lines[0].Split(',').Index().ToDictionary(column => column.Item, column => rows.Select(row => row[column.Index]).ToArray());
    }

    /// <summary>Reads [-]0xH.HHHp±D, the notation of C and Python, or inf.</summary>
    private static double ParseHexadecimal(string text)
    {
        var magnitude = text.TrimStart('-');
        if (magnitude == "inf")
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;

        var parts = magnitude["0x".Length..].Split('.', 'p');
        var digits = ulong.Parse(parts[0] + parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var exponent = int.Parse(parts[2], CultureInfo.InvariantCulture) - 4 * parts[1].Length;
        var value = Math.ScaleB(digits, exponent);
        return text[0] == '-' ? -value : value;
    }
}
