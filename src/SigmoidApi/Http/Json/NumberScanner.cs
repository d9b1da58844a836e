using System.Runtime.CompilerServices;
using System.Text;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Reads numbers from the bytes of a JSON array, nested to any depth, in one forward pass without recursion. The array must be rectangular.
/// <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c> are numbers too. With a <see cref="CellReader"/>, the cells that it reads are accepted as well.
/// </summary>
internal ref struct NumberScanner
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly JsonLimits _limits;
    private readonly CellReader? _cells;
    private int _position;
    private double[] _array;
    private Span<double> _room;
    private int _count;

    /// <param name="text">The bytes after the opening bracket.</param>
    /// <param name="limits">The limits of values and depth.</param>
    /// <param name="rank">The depth at which numbers are expected, or 0 to derive it from the text.</param>
    /// <param name="cells">Reads cells that are not numbers; null if these are errors.</param>
    /// <param name="expected">The expected number of values; null to estimate it from the length of the text, which is right if the text is one array.</param>
    /// <returns>The rented array, the number of used elements, the shape, and the position of the closing bracket in the text.</returns>
    /// <exception cref="JsonInputException">The text is invalid. The rented array is returned before.</exception>
    public static (double[] Array, int Count, int[] Shape, int End) Scan(
        ReadOnlySpan<byte> text, JsonLimits limits, int rank, CellReader? cells = null, int? expected = null)
    {
        var scanner = new NumberScanner(text, limits, cells, expected);
        try
        {
            var shape = scanner.ScanArrays(rank);
            return (scanner._array, scanner._count, shape, scanner._position);
        }
        catch
        {
            RequestArrays<double>.Pool.Return(scanner._array);
            throw;
        }
    }

    private NumberScanner(ReadOnlySpan<byte> text, JsonLimits limits, CellReader? cells, int? expected)
    {
        _text = text;
        _limits = limits;
        _cells = cells;
        // Most numbers take some 8 bytes and a comma. A wrong guess costs a copy.
        _array = RequestArrays<double>.Pool.Rent(Math.Clamp(expected ?? text.Length / 8, 1, limits.MaxValues));
        _room = _array.AsSpan(0, Math.Min(_array.Length, limits.MaxValues));
    }

    private int[] ScanArrays(int rank)
    {
        var depth = 1;
        Span<int> index = stackalloc int[_limits.MaxDepth + 1];
        Span<int> shape = stackalloc int[_limits.MaxDepth + 1];
        index.Clear();
        shape.Fill(-1);
        var afterComma = false;
        while (true)
        {
            var next = Peek();
            // A nested value may be a cell.
            if (next == '[' && (depth != rank || _cells is null))
            {
                if (depth == rank)
                    throw Unexpected("a number", "an array", index[1..(depth + 1)]);
                if (depth == _limits.MaxDepth)
                    throw new JsonInputException($"expected at most {_limits.MaxDepth} arrays within each other, got more", IndexPath(index[1..(depth + 1)]));
                _position++;
                depth++;
                index[depth] = 0;
                afterComma = false;
                continue;
            }

            if (next != ']' || afterComma)
            {
                if (rank == 0)
                    rank = depth;
                if (depth != rank)
                    throw Unexpected("an array", Describe(next), index[1..(depth + 1)]);
                ScanRow(ref index[depth], index[1..(depth + 1)]);
            }

            // Close this array, and the outer arrays that end here too.
            while (Peek() == ']')
            {
                var length = index[depth];
                if (rank == 0)
                    rank = depth;
                if (shape[depth] < 0)
                    shape[depth] = length;
                if (shape[depth] != length)
                    throw new JsonInputException($"expected {shape[depth]} values, as in the first row, got {length}", IndexPath(index[1..depth]));
                depth--;
                if (depth == 0)
                    return Shape(shape, rank);
                _position++;
                index[depth]++;
            }

            if (Peek() != ',')
                throw Malformed(index[1..(depth + 1)]);
            _position++;
            afterComma = true;
        }
    }

    private static int[] Shape(ReadOnlySpan<int> shape, int rank)
    {
        // For a matrix, [] has no row to derive the number of columns from.
        var result = new int[rank];
        for (var i = 0; i < rank; i++)
            result[i] = Math.Max(shape[i + 1], 0);
        return result;
    }

    /// <summary>Reads numbers up to the closing bracket, which is not consumed.</summary>
    /// <param name="index">The last element of <paramref name="path"/>: the count of numbers read, set at the end and before an error.</param>
    /// <param name="path">The index of the row's next number.</param>
    private void ScanRow(scoped ref int index, scoped ReadOnlySpan<int> path)
    {
        // Local variables, since fields would be stored and loaded for every number.
        var text = _text;
        var position = _position;
        var room = _room;
        var first = _count;
        var count = first;
        while (true)
        {
            position = SkipSpace(text, position);
            var length = DoubleParser.Parse(text[position..], out var value);
            if (length == 0 || !(Math.Abs(value) < BoxedCell.LargestExact))
            {
                index = count - first;
                length = ReadOther(text[position..], length, ref value, path);
            }

            if (count == room.Length)
            {
                index = count - first;
                room = Grow(count, path);
            }

            room[count++] = value;
            position = SkipSpace(text, position + length);
            if ((uint)position >= (uint)text.Length || text[position] != ',')
                break;
            position++;
        }

        index = count - first;
        _count = count;
        _position = position;
        if (Peek() != ']')
            throw Malformed(path);
    }

    /// <summary>Reads a large or named number, or another cell; throws if it is none of these.</summary>
    private readonly int ReadOther(ReadOnlySpan<byte> text, int length, ref double value, scoped ReadOnlySpan<int> path)
    {
        if (length != 0)
        {
            if (!double.IsFinite(value))
                throw OutOfRange(text[..length], IndexPath(path));
            value = _cells?.CellOf(text[..length], value) ?? value;
            return length;
        }

        if (_cells is not null)
        {
            length = _cells.Read(text, out value);
            return length != 0 ? length : throw _cells.Refusal(text, IndexPath(path));
        }

        length = NamedNumber(text, out value);
        return length != 0 ? length : throw Unexpected("a number", Describe(text.IsEmpty ? (byte)0 : text[0]), path);
    }

    /// <summary>The length of a named number at the start of the text, or 0.</summary>
    private static int NamedNumber(ReadOnlySpan<byte> text, out double value)
    {
        if (text.StartsWith("\"NaN\""u8))
        {
            value = double.NaN;
            return 5;
        }

        if (text.StartsWith("\"Infinity\""u8))
        {
            value = double.PositiveInfinity;
            return 10;
        }

        value = double.NegativeInfinity;
        return text.StartsWith("\"-Infinity\""u8) ? 11 : 0;
    }

    internal static JsonInputException OutOfRange(ReadOnlySpan<byte> number, string index)
    {
        var shown = number.Length > 40 ? Encoding.ASCII.GetString(number[..40]) + "…" : Encoding.ASCII.GetString(number);
        return new JsonInputException($"{shown} is beyond the range of a float64", index);
    }

    private Span<double> Grow(int count, scoped ReadOnlySpan<int> path)
    {
        if (count >= _limits.MaxValues)
            throw new JsonInputException($"expected at most {_limits.MaxValues} values, got more", IndexPath(path), limit: JsonLimits.ValuesSetting);
        var larger = RequestArrays<double>.Pool.Rent((int)Math.Min(2L * _array.Length, _limits.MaxValues));
        _room.CopyTo(larger);
        RequestArrays<double>.Pool.Return(_array);
        _array = larger;
        _room = larger.AsSpan(0, Math.Min(larger.Length, _limits.MaxValues));
        return _room;
    }

    /// <summary>Moves to the next byte that is not a space and returns it; 0 at the end of the text.</summary>
    private byte Peek()
    {
        _position = SkipSpace(_text, _position);
        return (uint)_position < (uint)_text.Length ? _text[_position] : (byte)0;
    }

    /// <summary>The position of the first byte from <paramref name="position"/> on that is not a space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int SkipSpace(ReadOnlySpan<byte> text, int position)
    {
        return (uint)position < (uint)text.Length && text[position] <= ' ' ? SkipSpaces(text, position) : position;
    }

    // A method of its own, so that the usual case, no space, is small enough to be inlined.
    private static int SkipSpaces(ReadOnlySpan<byte> text, int position)
    {
        while ((uint)position < (uint)text.Length && text[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            position++;
        return position;
    }

    internal static string Describe(byte first)
    {
        return first switch
        {
            (byte)'"' => "a string",
            (byte)'{' => "an object",
            (byte)'[' => "an array",
            (byte)'t' => "true",
            (byte)'f' => "false",
            (byte)'n' => "null",
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => "a number",
            _ => "something that is not JSON",
        };
    }

    private static JsonInputException Unexpected(string expected, string got, scoped ReadOnlySpan<int> path)
    {
        return new JsonInputException($"expected {expected}, got {got}", IndexPath(path));
    }

    private static JsonInputException Malformed(scoped ReadOnlySpan<int> path)
    {
        return new JsonInputException("expected ',' or ']' after a value", IndexPath(path));
    }

    private static string IndexPath(scoped ReadOnlySpan<int> path)
    {
        var builder = new StringBuilder();
        foreach (var index in path)
            builder.Append('[').Append(index).Append(']');
        return builder.ToString();
    }
}
