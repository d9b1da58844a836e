using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests.Preprocessing;

/// <summary>Small tables of two numbers and two categories in mixed order, with missing values, and options of every kind.</summary>
internal static class RandomTable
{
    private static readonly string[] Levels = ["b", "a", "e", "c", "d"];

    private static readonly Gen<double> Number = Gen.Frequency((3, Gen.Int[-4, 4].Select(value => value / 4.0)), (1, Gen.Const(double.NaN)));

    private static readonly Gen<int> Code = Gen.Int[-1, Levels.Length - 1];

    public static readonly Gen<ColumnPreparation> Options = Gen.Select(
        Gen.OneOf<Imputation?>(null, Imputation.MostFrequent, Imputation.Constant), Gen.Bool,
        Gen.OneOf(DroppedLevel.None, DroppedLevel.First, DroppedLevel.Of("c")), Gen.Int[0, 4], Gen.Int[1, 6], Gen.Enum<UnknownLevel>(),
        (imputation, indicator, drop, minFrequency, maxLevels, unknown) => new ColumnPreparation
        {
            Imputation = imputation,
            FillNumber = 0.5,
            FillLevel = "none",
            MissingIndicator = indicator,
            Drop = drop,
            MinFrequency = minFrequency,
            MaxLevels = maxLevels,
            Unknown = unknown,
        });

    public static readonly Gen<FeatureTable> Tables = Gen.Int[6, 40].SelectMany(rows =>
        Gen.Select(Number.Array[2 * rows], Code.Array[rows], Code.Array[rows], (numbers, first, second) => Of(numbers, first, second)));

    /// <summary>Columns <c>kind</c>, <c>x</c>, <c>colour</c>, <c>y</c>.</summary>
    public static FeatureTable Of(double[] numbers, int[] first, int[] second) => new(first.Length,
        [new("kind", new CategoryCodes(first, Levels)), new("x", null), new("colour", new CategoryCodes(second, Levels)), new("y", null)],
        DesignMatrix.FromRows(numbers, first.Length, 2));

    /// <summary>The rows at these indices, in this order; an index may be repeated.</summary>
    public static FeatureTable Select(this FeatureTable table, int[] rows) => new(rows.Length,
        [.. table.Columns.Select(column => column.Codes is null ? column
            : column with { Codes = new CategoryCodes([.. rows.Select(row => column.Codes.Codes[row])], column.Codes.Levels) })],
        ((DesignMatrix?)table.Numbers)?.Select(rows));

    /// <summary>What was learned, as text. Two preparations that agree to 12 digits have the same text.</summary>
    public static string Describe(this Preparation preparation) => string.Join("; ", preparation.Columns.Select(column => column switch
    {
        FittedNumber number => FormattableString.Invariant(
            $"{number.Name} {number.Fill:g12} {number.MissingIndicator} {number.Missing:g12} {number.Present:g12}"),
        FittedCategory category => FormattableString.Invariant(
            $"{category.Name} [{string.Join(',', category.Levels)}] {category.Reference} [{string.Join(',', category.Infrequent)}] {category.Fill}")
            + FormattableString.Invariant($" {category.MissingIndicator} {category.Unknown} {category.Missing:g12} {category.Present:g12}"),
        _ => throw new ArgumentException(column.Name),
    }));

    public static double[] RowOf(this FeatureMatrix matrix, int row)
    {
        var values = new double[matrix.Columns];
        matrix.CopyRow(row, values);
        return values;
    }
}
