using System.Buffers;
using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>
/// A whole JSON text in one array, which the serializer reads as a sequence. Then <see cref="Utf8JsonReader.Position"/> refers to this object, so a converter
/// of numbers can read the bytes itself and move the reader past them. An empty second segment keeps the serializer from reading a span, whose reader has
/// no position.
/// </summary>
internal sealed class JsonText : ReadOnlySequenceSegment<byte>, IDisposable
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private readonly List<PooledNumbers> _owned = [];

    public JsonText(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];
        Memory = utf8;
        Next = new JsonText(utf8.Length);
    }

    private JsonText(int offset)
    {
        RunningIndex = offset;
    }

    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>Makes the text that the reader reads the owner of the numbers, if it is a <see cref="JsonText"/>.</summary>
    public static T Own<T>(ref Utf8JsonReader reader, T numbers)
        where T : PooledNumbers
    {
        if (reader.Position.GetObject() is JsonText text)
            text._owned.Add(numbers);
        return numbers;
    }

    /// <summary>Returns all numbers read from this text to their pool, also those of a body that failed half-way.</summary>
    public void Dispose()
    {
        foreach (var numbers in _owned)
            numbers.Dispose();
    }

    public ReadOnlySequence<byte> From(int offset)
    {
        return new ReadOnlySequence<byte>(this, offset, Next!, 0);
    }
}
