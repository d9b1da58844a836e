using System.Buffers.Binary;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// Reads the end of a Parquet file, a struct of Thrift's compact protocol, before DuckDB sees it: how many columns and rows it claims to have, and what DuckDB
/// takes for something else in its schema. Field 2 is the list of the schema's elements, depth first, each with the fields 1 (type of the values), 5 (number of
/// children), 6 (converted type), 7 (scale), 8 (precision) and 10 (logical type) among others; field 4 is the list of row groups, whose field 3 is their rows.
/// Of dates, whole numbers and decimals DuckDB looks at the converted type alone, which newer writers may leave out.
/// Reading takes time linear in the length: no list is taken to have more elements than bytes follow it.
/// </summary>
/// <param name="bytes">The footer from its beginning.</param>
internal ref struct ParquetFooter(ReadOnlySpan<byte> bytes)
{
    // DuckDB holds several times as much of it in memory.
    private const int MaxBytes = 64 * 1024 * 1024;

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

    /// <summary>Reads what a file claims, and its columns of types that DuckDB does not know: decimals of more than <paramref name="mostDigits"/> digits, too.</summary>
    /// <exception cref="InvalidDatasetException">The footer is no footer.</exception>
    /// <exception cref="DatasetTooLargeException">The footer is larger than any that is read.</exception>
    public static ParquetContent Read(Stream file, int mostDigits)
    {
        try
        {
            Span<byte> end = stackalloc byte[8];
            file.Position = file.Length - end.Length;
            file.ReadExactly(end);
            var start = file.Length - end.Length - BinaryPrimitives.ReadUInt32LittleEndian(end);
            file.Position = start;
            var length = file.Length - end.Length - start;
            if (length > MaxBytes)
                throw new DatasetTooLargeException($"The file's footer has {length} bytes; at most {MaxBytes} are taken. Write it with larger row groups.");
            var footer = new byte[length];
            file.ReadExactly(footer);
            var reader = new ParquetFooter(footer);
            return reader.Read(mostDigits, start);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or IOException or InvalidDataException or OverflowException)
        {
            throw ParquetSource.Damaged();
        }
    }

    private ParquetContent Read(int mostDigits, long start)
    {
        var found = new ParquetContent(0, 0, []);
        for (var previous = 0; NextField(out var id, out var type, previous); previous = id)
        {
            if ((id, type) == (2, List))
                found = found with { Columns = Schema(found.Foreign, mostDigits, start) };
            else if ((id, type) == (4, List))
                found = found with { Rows = RowGroups() };
            else
                Skip(type, 0);
        }

        return found;
    }

    /// <summary>Reads the schema's elements; how many columns they make.</summary>
    private int Schema(List<ForeignColumn> found, int mostDigits, long start)
    {
        var (count, _) = ListHeader();
        Element(start);
        // How many elements are left of the columns that are being read, the outermost first.
        var open = new Stack<int>();
        var column = -1;
        for (var i = 1; i < count; i++)
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

        return column + 1;
    }

    private long RowGroups()
    {
        var rows = 0L;
        var (count, _) = ListHeader();
        for (var i = 0; i < count; i++)
        {
            for (var previous = 0; NextField(out var id, out var type, previous); previous = id)
            {
                if (id == 3)
                    rows = checked(rows + Math.Max(0, Long()));
                else
                    Skip(type, 1);
            }
        }

        return rows;
    }

    private ParquetElement Element(long start)
    {
        var element = new ParquetElement();
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
    private void LogicalType(ref ParquetElement element)
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
        return (Claimed(header >> 4 is < 15 and var count ? (ulong)count : Varint()), header & 0xF);
    }

    /// <summary>A number of elements, each of which takes a byte or more.</summary>
    private readonly int Claimed(ulong count) => count <= (ulong)(_bytes.Length - _position) ? (int)count : throw new InvalidDataException();

    private int Integer()
    {
        var zigzag = (uint)Varint();
        return (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
    }

    private long Long()
    {
        var zigzag = Varint();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
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
                var length = Claimed(Varint());
                _position += length;
                break;
            case List or Set:
                var (count, of) = ListHeader();
                for (var i = 0; i < count; i++)
                    SkipElement(of, depth);
                break;
            case Map:
                var pairs = Claimed(Varint());
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
}
