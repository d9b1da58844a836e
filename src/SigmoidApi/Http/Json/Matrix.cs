namespace SigmoidApi.Http.Json;

/// <summary>A matrix of numbers: in JSON an array of arrays of equal length. <c>[]</c> is 0 × 0.</summary>
public sealed class Matrix : PooledNumbers
{
    internal Matrix(double[] rented, int rows, int columns)
        : base(rented, rows * columns)
    {
        Rows = rows;
        Columns = columns;
    }

    public int Rows { get; }

    public int Columns { get; }

    public Span<double> this[int row] => Values.Slice(row * Columns, Columns);

    /// <summary>A matrix in a rented array, not cleared.</summary>
    /// <exception cref="OverflowException">It holds more than <see cref="int.MaxValue"/> values.</exception>
    public static Matrix Rent(int rows, int columns)
    {
        return new Matrix(RequestArrays<double>.Pool.Rent(checked(rows * columns)), rows, columns);
    }

    public static Matrix Of(ReadOnlySpan<double> values, int rows, int columns)
    {
        var matrix = Rent(rows, columns);
        values.CopyTo(matrix.Values);
        return matrix;
    }
}
