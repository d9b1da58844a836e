using System.Buffers.Binary;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// Finds what DuckDB takes for something else in the schema at the end of a Parquet file, which is a struct of Thrift's compact protocol: field 2 of the footer
/// is the list of the schema's elements, depth first, each with the fields 1 (type of the values), 5 (number of children), 6 (converted type), 7 (scale),
/// 8 (precision) and 10 (logical type) among others. Of dates, whole numbers and decimals DuckDB looks at the converted type alone, which newer writers may
/// leave out.
/// </summary>
/// <param name="bytes">The footer from its beginning; the schema is all that is read of it.</param>
internal ref struct ParquetFooter(ReadOnlySpan<byte> bytes)
{
    // More than the schema of any file of as many columns as are taken.
    private const int MaxBytes = 16 * 1024 * 1024;

    // Both are far beyond what a schema needs; without them a hostile one could exhaust the stack.
    private const int MaxDepth = 64;

    private const int Stop = 0;
    private const int False = 2;
    private const int Binary = 8;
    private const int List = 9;
    private const int Set = 10;
    private const int Map = 11;
    private const int Struct = 12;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>The columns of a file whose types DuckDB does not know, decimals of more digits than <paramref name="mostDigits"/> among them.</summary>
    /// <exception cref="InvalidDatasetException">The footer is no footer.</exception>
    public static List<ForeignColumn> Find(Stream file, int mostDigits)
    {
        try
        {
            Span<byte> end = stackalloc byte[8];
            file.Position = file.Length - end.Length;
            file.ReadExactly(end);
            var start = file.Length - end.Length - BinaryPrimitives.ReadUInt32LittleEndian(end);
            var footer = new byte[Math.Min(MaxBytes, file.Length - end.Length - start)];
            file.Position = start;
            file.ReadExactly(footer);
            var reader = new ParquetFooter(footer);
            return reader.Find(mostDigits, start);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or IOException or InvalidDataException or OverflowException)
        {
            throw ParquetSource.Damaged();
        }
    }

    private List<ForeignColumn> Find(int mostDigits, long start)
    {
        var found = new List<ForeignColumn>();
        for (var previous = 0; NextField(out var id, out var type, previous) && (id, type) != (2, List); previous = id)
            Skip(type, 0);
        var (count, _) = ListHeader();
        Element(start);
        // How many elements are left of the columns that are being read, the outermost first.
        var open = new Stack<int>();
        for (var (i, column) = (1, -1); i < count; i++)
        {
            if (open.Count == 0)
                column++;
            var isNested = open.Count > 0;
            var element = Element(start);
            if (element.TypeOf(mostDigits) is { } type)
                found.Add(new(column, isNested || element.IsRepeated, type, element.Scale, element.Bits, element.Annotation));
            var left = element.Children;
            // The last element of a group is the last of its group's own, too.
            while (left == 0 && open.Count > 0)
                left = open.Pop() - 1;
            if (left > 0)
                open.Push(left);
        }

        return found;
    }

    private SchemaElement Element(long start)
    {
        var element = new SchemaElement();
        var previous = 0;
        for (var header = _position; NextField(out var id, out var type, previous); header = _position, previous = id)
        {
            if (id > 5 && element.Annotation == 0)
                element.Annotation = start + header;
            switch (id)
            {
                case 1:
                    element.Type = Integer();
                    break;
                case 3:
                    element.IsRepeated = Integer() == 2;
                    break;
                case 5:
                    element.Children = Integer();
                    break;
                case 6:
                    element.Converted = Integer();
                    break;
                case 7:
                    element.Scale = Integer();
                    break;
                case 8:
                    element.Precision = Integer();
                    break;
                case 10:
                    LogicalType(ref element);
                    break;
                default:
                    Skip(type, 0);
                    break;
            }
        }

        return element;
    }

    /// <summary>
    /// A union, whose field 5 is that of decimals (1 the scale, 2 the precision), 6 of dates, and 10 of whole numbers (1 their bits, 2 whether they have a
    /// sign).
    /// </summary>
    private void LogicalType(ref SchemaElement element)
    {
        for (var previous = 0; NextField(out var id, out var type, previous); previous = id)
        {
            element.Logical = id;
            if (id is not (5 or 10))
            {
                Skip(type, 0);
                continue;
            }

            for (var inner = 0; NextField(out var member, out var memberType, inner); inner = member)
            {
                if ((id, member) == (5, 1))
                    element.Scale = Integer();
                else if ((id, member) == (5, 2))
                    element.Precision = Integer();
                else if ((id, member) == (10, 1))
                    element.Bits = _bytes[_position++];
                else if ((id, member) == (10, 2))
                    element.IsUnsigned = memberType == False;
                else
                    Skip(memberType, 0);
            }
        }
    }

    private bool NextField(out int id, out int type, int previous)
    {
        var header = _bytes[_position++];
        type = header & 0xF;
        id = type == Stop ? 0 : header >> 4 is > 0 and var step ? previous + step : Integer();
        return type != Stop;
    }

    private (int Count, int Type) ListHeader()
    {
        var header = _bytes[_position++];
        return (header >> 4 is < 15 and var count ? count : checked((int)Varint()), header & 0xF);
    }

    private int Integer()
    {
        var zigzag = (uint)Varint();
        return (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = _bytes[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException();
    }

    private void Skip(int type, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException();
        switch (type)
        {
            case 1 or 2:
                break;
            case 3:
                _position++;
                break;
            case 4 or 5 or 6:
                Varint();
                break;
            case 7:
                _position += 8;
                break;
            case Binary:
                var length = checked((int)Varint());
                _position = checked(_position + length);
                break;
            case List or Set:
                var (count, of) = ListHeader();
                for (var i = 0; i < count; i++)
                    SkipElement(of, depth);
                break;
            case Map:
                var pairs = checked((int)Varint());
                var types = pairs > 0 ? _bytes[_position++] : (byte)0;
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

    // In a list true and false take a byte each.
    private void SkipElement(int type, int depth) => Skip(type is 1 or 2 ? 3 : type, depth + 1);

    private struct SchemaElement
    {
        private const int Bson = 20;

        public int? Type;
        public int? Converted;
        public int Logical;
        public int Children;
        public int Scale;
        public int Precision;
        public int Bits;
        public bool IsUnsigned;
        public bool IsRepeated;
        public long Annotation;

        // INT32 and INT64 of Parquet's types.
        private readonly bool IsWhole => Type is 1 or 2;

        /// <summary>What DuckDB does not know of it; null where it does.</summary>
        public readonly ForeignType? TypeOf(int mostDigits) => (Logical, Converted) switch
        {
            _ when Precision > mostDigits => ForeignType.Bytes,
            (_, Bson) => ForeignType.Bson,
            (_, not null) => null,
            (5, _) => IsWhole ? ForeignType.Decimal : ForeignType.Bytes,
            (6, _) when Type == 1 => ForeignType.Date,
            (10, _) when IsUnsigned && IsWhole => ForeignType.Unsigned,
            _ => null,
        };
    }
}
