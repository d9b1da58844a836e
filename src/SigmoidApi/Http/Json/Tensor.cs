namespace SigmoidApi.Http.Json;

/// <summary>Numbers of any rectangular shape: in JSON a number, or nested arrays of equal depth and lengths.</summary>
public sealed class Tensor : PooledNumbers
{
    private readonly int[] _shape;

    internal Tensor(double[] rented, int count, int[] shape)
        : base(rented, count)
    {
        _shape = shape;
    }

    /// <summary>The length of each dimension, outermost first; empty (rank 0) for a bare number.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>A tensor of a shape in a rented array, not cleared.</summary>
    /// <exception cref="OverflowException">The shape holds more than <see cref="int.MaxValue"/> values.</exception>
    public static Tensor Rent(ReadOnlySpan<int> shape)
    {
        var count = 1;
        foreach (var length in shape)
            count = checked(count * length);
        return new Tensor(RequestArrays<double>.Pool.Rent(count), count, shape.ToArray());
    }

    public static Tensor Of(ReadOnlySpan<double> values, params ReadOnlySpan<int> shape)
    {
        var tensor = Rent(shape);
        values.CopyTo(tensor.Values);
        return tensor;
    }
}
