namespace SigmoidApi.Tables.Parquet;

/// <summary>
/// Reads Thrift's compact protocol (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md) in linear time: a list that claims more elements than
/// bytes follow is refused. Invalid input causes an <see cref="IndexOutOfRangeException"/> or an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    public const int List = 9;
    public const int Struct = 12;
    public const int False = 2;

    // Far more than a schema needs. Without a limit a hostile file could exhaust the stack.
    private const int MaxDepth = 64;

    private const int Stop = 0;
    private const int Binary = 8;
    private const int Set = 10;
    private const int Map = 11;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The number of bytes read.</summary>
    public int Position { get; private set; }

    public byte Byte() => _bytes[Position++];

    /// <summary>Reads the header of a struct's next field; false at its end.</summary>
    public bool NextField(out int id, out int type, int previous)
    {
        var header = Byte();
        type = header & 0xF;
        id = type == Stop ? 0 : header >> 4 is > 0 and var step ? previous + step : Integer();
        return type != Stop;
    }

    /// <summary>Reads the number of elements of a list, and their type.</summary>
    public (int Count, int Type) ListHeader()
    {
        var header = Byte();
        return (Claimed(header >> 4 is < 15 and var count ? (ulong)count : Varint()), header & 0xF);
    }

    /// <summary>Checks a claimed number of elements: each takes at least a byte.</summary>
    private readonly int Claimed(ulong count) => count <= (ulong)(_bytes.Length - Position) ? (int)count : throw new InvalidDataException();

    public int Integer()
    {
        var zigzag = (uint)Varint();
        return (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
    }

    public long Long()
    {
        var zigzag = Varint();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException();
    }

    /// <summary>Skips a value.</summary>
    public void Skip(int type, int depth = 0)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException();
        switch (type)
        {
            case 1 or 2:
                break;
            case 3:
                Position++;
                break;
            case 4 or 5 or 6:
                Varint();
                break;
            case 7:
                Position += 8;
                break;
            case Binary:
                var length = Claimed(Varint());
                Position += length;
                break;
            case List or Set:
                var (count, of) = ListHeader();
                for (var i = 0; i < count; i++)
                    SkipElement(of, depth);
                break;
            case Map:
                var pairs = Claimed(Varint());
                var types = pairs > 0 ? Byte() : (byte)0;
                for (var i = 0; i < pairs; i++)
                {
                    SkipElement(types >> 4, depth);
                    SkipElement(types & 0xF, depth);
                }

                break;
            case Struct:
                for (var previous = 0; NextField(out var id, out var member, previous); previous = id)
                    Skip(member, depth + 1);
                break;
            default:
                throw new InvalidDataException();
        }
    }

    // In a list, true and false take a byte each.
    private void SkipElement(int type, int depth) => Skip(type is 1 or 2 ? 3 : type, depth + 1);
}
