using System.Buffers;
using System.Buffers.Binary;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Saves a state to bytes, or loads it from bytes. When saving, each method writes its argument and returns it; when loading, it ignores the argument
/// and returns the value that it reads. So one method both saves and loads a state: <c>_value = archive.Number(_value)</c>. The bytes are 64-bit words,
/// little-endian, in the order of the calls.
/// </summary>
internal sealed class StateArchive
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private ReadOnlyMemory<byte> _unread;

    /// <summary>An archive to save to.</summary>
    public StateArchive()
    {
    }

    /// <summary>An archive to load from, by the same calls in the same order that saved it.</summary>
    public StateArchive(ReadOnlyMemory<byte> bytes) => (_unread, IsLoading) = (bytes, true);

    public bool IsLoading { get; }

    /// <summary>What was saved so far.</summary>
    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public int Integer(int value) => (int)Word(value);

    public bool Flag(bool value) => Word(value ? 1 : 0) != 0;

    /// <summary>Every bit is kept.</summary>
    public double Number(double value) => BitConverter.Int64BitsToDouble(Word(BitConverter.DoubleToInt64Bits(value)));

    public double[] Numbers(double[]? values) => Items(values, Number);

    public int[] Integers(int[]? values) => Items(values, Integer);

    public string Text(string? value) => new(Items(value?.ToCharArray(), letter => (char)Integer(letter)));

    /// <summary>Saves or loads an array with its length. An array that is saved is not changed, because other threads may use it.</summary>
    /// <param name="values">The array to save; ignored when loading.</param>
    /// <param name="item">Saves or loads one element; when loading it is given the default value.</param>
    public T[] Items<T>(T[]? values, Func<T, T> item)
    {
        var count = Integer(values?.Length ?? 0);
        var items = IsLoading ? new T[count] : values ?? [];
        for (var i = 0; i < count; i++)
        {
            var read = item(items[i]);
            if (IsLoading)
                items[i] = read;
        }
        return items;
    }

    private long Word(long value)
    {
        if (IsLoading)
        {
            value = BinaryPrimitives.ReadInt64LittleEndian(_unread.Span);
            _unread = _unread[sizeof(long)..];
            return value;
        }
        BinaryPrimitives.WriteInt64LittleEndian(_written.GetSpan(sizeof(long)), value);
        _written.Advance(sizeof(long));
        return value;
    }
}
