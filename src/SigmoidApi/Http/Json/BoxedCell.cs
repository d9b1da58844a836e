using System.Globalization;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Encodes cells that are not numbers, and integers that float64 can't hold, as doubles: positive NaNs with a payload, like R's NA. No number from a request
/// has these bits: <c>"NaN"</c> is read as <see cref="double.NaN"/>, whose sign bit is set.
/// </summary>
internal static class BoxedCell
{
    /// <summary>Up to here float64 holds every integer. Cells with larger integers keep their digits, since these may be keys.</summary>
    public const double LargestExact = 1L << 53;

    private const long FirstText = 0x7FF9_0000_0000_0000;
    private const long FirstNumber = 0x7FFA_0000_0000_0000;
    private const long PositiveInfinity = 0x7FF0_0000_0000_0000;

    public static readonly double Absent = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_07A2);
    public static readonly double Null = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_07A3);
    public static readonly double False = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_07A4);
    public static readonly double True = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_07A5);

    /// <summary>The cell of the text at <paramref name="index"/> in the table's <see cref="CellTexts"/>.</summary>
    public static double Text(int index) => BitConverter.Int64BitsToDouble(FirstText + index);

    /// <summary>The cell of the integer at <paramref name="place"/> in the table's <see cref="CellTexts"/>.</summary>
    public static double Number(int place) => BitConverter.Int64BitsToDouble(FirstNumber + place);

    /// <summary>False for an ordinary number. Compares bits: as integers, only positive NaNs are above infinity.</summary>
    public static bool IsBoxed(double value) => BitConverter.DoubleToInt64Bits(value) > PositiveInfinity;

    public static bool IsAbsent(double value) => BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(Absent);

    /// <summary>The index of a text in the table's <see cref="CellTexts"/>; negative for another cell.</summary>
    public static int TextIndex(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits is >= FirstText and < FirstNumber ? (int)(bits - FirstText) : -1;
    }

    public static Cell Unbox(double value, CellTexts texts)
    {
        if (!IsBoxed(value))
            return new Cell(CellKind.Number, value);
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= FirstNumber ? NumberOf(texts.Number((int)(bits - FirstNumber)))
            : bits >= FirstText ? new Cell(CellKind.Text, text: texts.Text((int)(bits - FirstText)))
            : new Cell((CellKind)(bits - BitConverter.DoubleToInt64Bits(Absent)));
    }

    private static Cell NumberOf(string digits) => new(CellKind.Number, double.Parse(digits, CultureInfo.InvariantCulture), digits);
}
