namespace SigmoidApi.Http.Json;

/// <summary>
/// Numbers in an array rented from <see cref="RequestArrays{T}"/>. Their owner may overwrite them. Disposing returns the array; after that every access throws
/// <see cref="ObjectDisposedException"/>, and spans and memories taken before must not be used.
/// </summary>
public abstract class PooledNumbers : IDisposable
{
    private readonly int _count;
    private double[]? _array;

    /// <param name="array">Rented from <see cref="RequestArrays{T}"/>; owned by this object from now on.</param>
    /// <param name="count">The number of its elements that are used.</param>
    private protected PooledNumbers(double[] array, int count)
    {
        _array = array;
        _count = count;
    }

    /// <summary>All numbers, row-major.</summary>
    public Span<double> Values => Array.AsSpan(0, _count);

    /// <inheritdoc cref="Values"/>
    public Memory<double> Memory => Array.AsMemory(0, _count);

    private double[] Array
    {
        get
        {
            var array = _array;
            ObjectDisposedException.ThrowIf(array is null, this);
            return array;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
            RequestArrays<double>.Pool.Return(array);
        GC.SuppressFinalize(this);
    }
}
