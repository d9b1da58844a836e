using System.Buffers;
using System.Buffers.Binary;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// A state on its way to bytes, or back. Each method gives back what it was given, or, where the archive is read, what stands there instead; so a state
/// is told once for both ways: <c>_value = archive.Number(_value)</c>. All is in words of 64 bits, little-endian, in the order in which it is told.
/// </summary>
internal sealed class StateArchive
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private ReadOnlyMemory<byte> _unread;

    /// <summary>One to write.</summary>
    public StateArchive()
    {
    }

    /// <summary>One to read, by who told it.</summary>
    public StateArchive(ReadOnlyMemory<byte> bytes) => (_unread, IsRead) = (bytes, true);

    public bool IsRead { get; }

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public int Integer(int value) => (int)Word(value);

    public bool Flag(bool value) => Word(value ? 1 : 0) != 0;

    /// <summary>To the bit.</summary>
    public double Number(double value) => BitConverter.Int64BitsToDouble(Word(BitConverter.DoubleToInt64Bits(value)));

    public double[] Numbers(double[]? values) => Items(values, Number);

    public int[] Integers(int[]? values) => Items(values, Integer);

    public string Text(string? value) => new(Items(value?.ToCharArray(), letter => (char)Integer(letter)));

    /// <summary>An array that is written stays as it is: other threads may have to do with it.</summary>
    /// <param name="item">Takes one of them through; where the archive is read, from nothing.</param>
    public T[] Items<T>(T[]? values, Func<T, T> item)
    {
        var count = Integer(values?.Length ?? 0);
        var items = IsRead ? new T[count] : values ?? [];
        for (var i = 0; i < count; i++)
        {
            var read = item(items[i]);
            if (IsRead)
                items[i] = read;
        }
        return items;
    }

    private long Word(long value)
    {
        if (IsRead)
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
