using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Pearson correlations of all pairs of columns of numbers, each over the rows that have both values, from sums over a few rows at a time. Numbers are taken
/// from near their mean and divided by about their deviation, so that the sums neither cancel nor overflow.
/// </summary>
internal sealed class NumberPairs
{
    // Less than this of the squares' sum is rounding: the column is constant.
    private const double Rounding = 1e-13;

    private readonly (double Center, double Scale)[] _units;
    private readonly bool[] _hasMissing;
    private readonly double[][] _values;
    private readonly double[][] _squares;
    private readonly double[][] _present;
    private readonly Sums[] _columns;
    private readonly Sums[] _pairs;

    /// <param name="columns">The columns.</param>
    /// <param name="mostRows">The most rows at a time.</param>
    public NumberPairs(IReadOnlyList<ColumnProfile> columns, int mostRows)
    {
        _units = [.. columns.Select(UnitOf)];
        _hasMissing = [.. columns.Select(column => column.Missing > 0)];
        double[][] Buffers() => [.. columns.Select(_ => new double[mostRows])];
        (_values, _squares, _present) = (Buffers(), Buffers(), Buffers());
        (_columns, _pairs) = (new Sums[columns.Count], new Sums[columns.Count * (columns.Count - 1) / 2]);
    }

    /// <summary>Sets a column of the next rows.</summary>
    /// <param name="column">The index of the column.</param>
    /// <param name="numbers">NaN for a missing value.</param>
    public void Set(int column, ReadOnlySpan<double> numbers)
    {
        var (center, scale) = _units[column];
        var (values, squares, present) = (_values[column], _squares[column], _present[column]);
        for (var i = 0; i < numbers.Length; i++)
        {
            var isPresent = !double.IsNaN(numbers[i]);
            var value = isPresent ? (numbers[i] - center) / scale : 0;
            (values[i], squares[i], present[i]) = (value, value * value, isPresent ? 1 : 0);
        }
    }

    /// <summary>Adds the rows that were set to the sums.</summary>
    public void Add(int rows)
    {
        Span<double> Of(double[] buffer) => buffer.AsSpan(0, rows);
        for (int b = 0, pair = 0; b < _values.Length; b++)
        {
            ref var own = ref _columns[b];
            var (sum, square) = (0.0, 0.0);
            for (var i = 0; i < rows; i++)
                (sum, square) = (sum + _values[b][i], square + _squares[b][i]);
            (own.Rows, own.X, own.XX) = (own.Rows + rows, own.X + sum, own.XX + square);
            for (var a = 0; a < b; a++, pair++)
            {
                ref var sums = ref _pairs[pair];
                sums.XY += DotProduct.Compute(Of(_values[a]), Of(_values[b]));
                if (!_hasMissing[a] && !_hasMissing[b])
                    continue;
                sums.Rows += (long)DotProduct.Compute(Of(_present[a]), Of(_present[b]));
                sums.X += DotProduct.Compute(Of(_values[a]), Of(_present[b]));
                sums.Y += DotProduct.Compute(Of(_present[a]), Of(_values[b]));
                sums.XX += DotProduct.Compute(Of(_squares[a]), Of(_present[b]));
                sums.YY += DotProduct.Compute(Of(_present[a]), Of(_squares[b]));
            }
        }
    }

    /// <summary>The correlation of two columns, and the rows that have both; NaN if one of them is constant there.</summary>
    /// <param name="a">The index of a column.</param>
    /// <param name="b">A greater one.</param>
    public (double Correlation, long Rows) Of(int a, int b)
    {
        var sums = _pairs[b * (b - 1) / 2 + a];
        if (!_hasMissing[a] && !_hasMissing[b])
        {
            sums = new Sums
            {
                Rows = _columns[a].Rows,
                X = _columns[a].X,
                XX = _columns[a].XX,
                Y = _columns[b].X,
                YY = _columns[b].XX,
                XY = sums.XY,
            };
        }

        double n = sums.Rows;
        var (varianceX, varianceY) = (n * sums.XX - sums.X * sums.X, n * sums.YY - sums.Y * sums.Y);
        return varianceX > Rounding * n * sums.XX && varianceY > Rounding * n * sums.YY
            ? (Math.Clamp((n * sums.XY - sums.X * sums.Y) / Math.Sqrt(varianceX) / Math.Sqrt(varianceY), -1, 1), sums.Rows)
            : (double.NaN, sums.Rows);
    }

    private static (double Center, double Scale) UnitOf(ColumnProfile column)
    {
        static double Days(DateTimeOffset? time) => ((time ?? DateTimeOffset.UnixEpoch) - DateTimeOffset.UnixEpoch).TotalDays;
        return column.Type == ColumnType.DateTime
            ? (Days(column.Earliest), Days(column.Latest) - Days(column.Earliest) is > 0 and var range ? range : 1)
            : (column.Mean ?? 0, column.StandardDeviation is > 0 and var deviation ? deviation : 1);
    }

    /// <summary>Sums over the rows that have both values: x of the first column, y of the second.</summary>
    private struct Sums
    {
        public long Rows;
        public double X;
        public double Y;
        public double XX;
        public double YY;
        public double XY;
    }
}
