using System.Buffers.Binary;

namespace SigmoidApi.Tables.Parquet;

/// <summary>
/// Reads the footer of a Parquet file before DuckDB does: how many columns and rows it claims, and which columns of its schema DuckDB would misread. The
/// footer is a struct of Thrift's compact protocol. Field 2 is the list of the schema's elements, depth first, each with the fields 1 (type of the values),
/// 5 (number of children), 6 (converted type), 7 (scale), 8 (precision) and 10 (logical type) among others. Field 4 is the list of row groups, each with the
/// fields 1 (its columns) and 3 (its rows); field 3 of a column has the number of its values as field 5.
/// For dates, whole numbers and decimals DuckDB considers only the converted type, which newer writers may leave out.
/// </summary>
/// <param name="bytes">The footer.</param>
internal ref struct ParquetFooter(ReadOnlySpan<byte> bytes)
{
    private ThriftReader _thrift = new(bytes);

    /// <summary>
    /// Reads what a file claims, and finds its columns of types that DuckDB does not know, including decimals of more than <paramref name="mostDigits"/>
    /// digits.
    /// </summary>
    /// <exception cref="InvalidDatasetException">The footer is damaged.</exception>
    /// <exception cref="DatasetTooLargeException">The footer has more than <paramref name="maxBytes"/> bytes.</exception>
    public static ParquetContent Read(Stream file, int mostDigits, int maxBytes)
    {
        try
        {
            Span<byte> end = stackalloc byte[8];
            file.Position = file.Length - end.Length;
            file.ReadExactly(end);
            var start = file.Length - end.Length - BinaryPrimitives.ReadUInt32LittleEndian(end);
            file.Position = start;
            var length = file.Length - end.Length - start;
            if (length > maxBytes)
            {
                throw new DatasetTooLargeException(
                    $"The file's footer has {length} bytes; at most {maxBytes} are taken (Datasets:MaxFooterBytes). Write it with larger row groups.");
            }

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
        var (columns, foreign) = (0, new List<ForeignColumn>());
        var (rows, cells) = (0L, 0L);
        for (var previous = 0; _thrift.NextField(out var id, out var type, previous); previous = id)
        {
            if ((id, type) == (2, ThriftReader.List))
                columns = Schema(foreign, mostDigits, start);
            else if ((id, type) == (4, ThriftReader.List))
                (rows, cells) = RowGroups();
            else
                _thrift.Skip(type);
        }

        return new(columns, rows, Math.Max(cells, checked(rows * columns)), foreign);
    }

    /// <summary>Reads the schema's elements; returns the number of columns.</summary>
    private int Schema(List<ForeignColumn> found, int mostDigits, long start)
    {
        var (count, _) = _thrift.ListHeader();
        Element(start);
        // For each enclosing group, the number of its elements still to come.
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
            // The last element of a group may also end the groups around it.
            while (left == 0 && open.Count > 0)
                left = open.Pop() - 1;
            if (left > 0)
                open.Push(left);
        }

        return column + 1;
    }

    private (long Rows, long Cells) RowGroups()
    {
        var (rows, cells) = (0L, 0L);
        var (count, _) = _thrift.ListHeader();
        for (var i = 0; i < count; i++)
        {
            for (var previous = 0; _thrift.NextField(out var id, out var type, previous); previous = id)
            {
                if ((id, type) == (1, ThriftReader.List))
                    cells = checked(cells + ColumnChunks());
                else if (id == 3)
                    rows = checked(rows + Math.Max(0, _thrift.Long()));
                else
                    _thrift.Skip(type);
            }
        }

        return (rows, cells);
    }

    /// <summary>Reads the columns of a row group; returns the number of their values, including missing values and the elements of lists.</summary>
    private long ColumnChunks()
    {
        var values = 0L;
        var (count, _) = _thrift.ListHeader();
        for (var i = 0; i < count; i++)
        {
            for (var previous = 0; _thrift.NextField(out var id, out var type, previous); previous = id)
            {
                if ((id, type) == (3, ThriftReader.Struct))
                    values = checked(values + ChunkValues());
                else
                    _thrift.Skip(type);
            }
        }

        return values;
    }

    private long ChunkValues()
    {
        var values = 0L;
        for (var previous = 0; _thrift.NextField(out var id, out var type, previous); previous = id)
        {
            if (id == 5)
                values = Math.Max(0, _thrift.Long());
            else
                _thrift.Skip(type);
        }

        return values;
    }

    private ParquetElement Element(long start)
    {
        var element = new ParquetElement();
        var previous = 0;
        for (var header = _thrift.Position; _thrift.NextField(out var id, out var type, previous); header = _thrift.Position, previous = id)
        {
            if (id > 5 && element.Annotation == 0)
                element.Annotation = start + header;
            switch (id)
            {
                case 1:
                    element.Type = _thrift.Integer();
                    break;
                case 3:
                    element.IsRepeated = _thrift.Integer() == 2;
                    break;
                case 5:
                    element.Children = _thrift.Integer();
                    break;
                case 6:
                    element.Converted = _thrift.Integer();
                    break;
                case 7:
                    element.Scale = _thrift.Integer();
                    break;
                case 8:
                    element.Precision = _thrift.Integer();
                    break;
                case 10:
                    LogicalType(ref element);
                    break;
                default:
                    _thrift.Skip(type);
                    break;
            }
        }

        return element;
    }

    /// <summary>
    /// Reads a union: field 5 is for decimals (with 1, the scale, and 2, the precision), 6 for dates, and 10 for whole numbers (with 1, the bits, and 2,
    /// whether they are signed).
    /// </summary>
    private void LogicalType(ref ParquetElement element)
    {
        for (var previous = 0; _thrift.NextField(out var id, out var type, previous); previous = id)
        {
            element.Logical = id;
            if (id is not (5 or 10))
            {
                _thrift.Skip(type);
                continue;
            }

            for (var inner = 0; _thrift.NextField(out var member, out var memberType, inner); inner = member)
            {
                if ((id, member) == (5, 1))
                    element.Scale = _thrift.Integer();
                else if ((id, member) == (5, 2))
                    element.Precision = _thrift.Integer();
                else if ((id, member) == (10, 1))
                    element.Bits = _thrift.Byte();
                else if ((id, member) == (10, 2))
                    element.IsUnsigned = memberType == ThriftReader.False;
                else
                    _thrift.Skip(memberType);
            }
        }
    }
}
