using System.Buffers;
using System.Globalization;
using SigmoidApi.Compute.Decimals;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Libsvm;

/// <summary>What a first pass over a LIBSVM file finds.</summary>
/// <param name="Rows">Lines that hold a label.</param>
/// <param name="Features">One more than the distance of the first index, 0 or 1, and the largest.</param>
/// <param name="ZeroBased">True when an index 0 occurs: the indices then count from 0, otherwise from 1.</param>
internal sealed record LibsvmHeader(long Rows, int Features, bool ZeroBased);

/// <summary>
/// Reads the text format of LIBSVM and SVMlight, <c>label index:value index:value … # comment</c>, a row on each line; what a row does not name is 0.
/// A file is read twice: <see cref="Scan"/> checks it and counts, then <see cref="Read"/> gives its rows. Memory stays the same whatever a line's length.
/// </summary>
internal sealed class LibsvmReader
{
    private const int BufferBytes = 128 * 1024;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n#"u8);
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("+-.0123456789Ee"u8);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<DatasetError> _errors = [];
    private readonly Stream _file;
    private readonly CancellationToken _cancellationToken;
    private readonly int _features;
    private readonly int _firstIndex;
    private long _errorCount;
    private long _line = 1;
    private int _position;
    private int _filled;
    private int _largestIndex;
    private bool _hasIndexZero;

    /// <param name="file">Seekable; read from its beginning.</param>
    /// <param name="header">What <see cref="Scan"/> has found in it.</param>
    /// <param name="cancellationToken">Looked at before each 128 KB.</param>
    public LibsvmReader(Stream file, LibsvmHeader header, CancellationToken cancellationToken)
        : this(file, header.Features, header.ZeroBased ? 0 : 1, cancellationToken)
    {
    }

    private LibsvmReader(Stream file, int features, int firstIndex, CancellationToken cancellationToken)
    {
        _file = file;
        _features = features;
        _firstIndex = firstIndex;
        _cancellationToken = cancellationToken;
        file.Position = 0;
    }

    private enum Token
    {
        Word,
        LineEnd,
        FileEnd,
    }

    /// <summary>Checks a whole file.</summary>
    /// <exception cref="InvalidDatasetException">A line is not as it should be, or there is no row, or no feature where one is needed.</exception>
    /// <exception cref="DatasetTooLargeException">There are more rows, or more columns with the label as one, than are taken.</exception>
    public static LibsvmHeader Scan(Stream file, long maxRows, int maxColumns, CancellationToken cancellationToken, bool needsFeatures = true)
    {
        var reader = new LibsvmReader(file, int.MaxValue, 0, cancellationToken);
        var rows = 0L;
        while (reader.ReadRow([]))
            rows++;
        var features = reader._largestIndex + (reader._hasIndexZero ? 1 : 0);
        reader.ThrowIfInvalid();
        if (rows == 0)
            throw new InvalidDatasetException(1, null, "expected at least one line of a label and index:value pairs; the file has none");
        if (features == 0 && needsFeatures)
            throw new InvalidDatasetException(1, null, "expected at least one index:value; the file has labels only");
        if (rows > maxRows)
            throw new DatasetTooLargeException($"The file has {rows} rows; at most {maxRows} are taken (Datasets:MaxRows).");
        if (features >= maxColumns)
            throw new DatasetTooLargeException($"The file has a label and {features} features; at most {maxColumns} columns are taken (Datasets:MaxColumns).");
        return new LibsvmHeader(rows, features, reader._hasIndexZero);
    }

    /// <summary>Reads the next row: the label, then every feature.</summary>
    /// <param name="row">One value more than <see cref="LibsvmHeader.Features"/>.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDatasetException">The file is not the one that was scanned.</exception>
    public bool Read(Span<double> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _features + 1);
        row.Clear();
        var read = ReadRow(row);
        ThrowIfInvalid();
        return read;
    }

    /// <summary>Reads up to the end of the next line that holds a row.</summary>
    /// <param name="row">Where its values go, or nothing when they are only checked.</param>
    private bool ReadRow(Span<double> row)
    {
        Token token;
        ReadOnlySpan<byte> word;
        while ((token = Next(out word)) == Token.LineEnd)
            _line++;
        if (token == Token.FileEnd)
            return false;

        if (!TryParse(word, out var label) && CountError())
            _errors.Add(new(_line, null, WrongNumber("expected a label, which is a number", word)));
        if (!row.IsEmpty)
            row[0] = label;

        var previous = -1;
        while ((token = Next(out word)) == Token.Word)
            ReadFeature(word, ref previous, row);
        if (token == Token.LineEnd)
            _line++;
        return true;
    }

    private void ReadFeature(ReadOnlySpan<byte> word, ref int previous, Span<double> row)
    {
        var colon = 0;
        var index = 0L;
        uint digit;
        while (colon < word.Length && (digit = (uint)word[colon] - '0') <= 9 && index < int.MaxValue)
        {
            index = index * 10 + digit;
            colon++;
        }

        if (colon == 0 || colon == word.Length || word[colon] != ':' || index >= int.MaxValue)
        {
            if (CountError())
                _errors.Add(new(_line, null, WrongWord(word)));
            return;
        }

        if (index <= previous && CountError())
            _errors.Add(new(_line, $"feature {index}", $"expected every index once, in ascending order; got {index} behind {previous}"));
        previous = (int)index;
        _largestIndex = Math.Max(_largestIndex, previous);
        _hasIndexZero |= previous == 0;
        var text = word[(colon + 1)..];
        if (!TryParse(text, out var value) && CountError())
            _errors.Add(new(_line, $"feature {index}", WrongNumber("expected a number", text)));
        if (row.IsEmpty)
            return;
        var column = previous - _firstIndex;
        if ((uint)column < (uint)_features)
            row[1 + column] = value;
        else if (CountError())
            _errors.Add(new(_line, $"feature {index}", $"expected indices from {_firstIndex} to {_firstIndex + _features - 1}"));
    }

    /// <summary>Reads a sign, digits with a point, an exponent, as in a cell of a CSV file: no <c>nan</c>, <c>inf</c>, <c>0x1</c> or <c>1_000</c>.</summary>
    private static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (!text.IsEmpty && DoubleParser.Parse(text, out value) == text.Length)
            return double.IsFinite(value);
        // JSON's numbers have no plus, no zeros before other digits, and digits on both sides of the point.
        value = 0;
        return !text.ContainsAnyExcept(NumberCharacters)
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    private Token Next(out ReadOnlySpan<byte> word)
    {
        word = default;
        while (_position < _filled || Fill())
        {
            switch (_buffer[_position])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    _position++;
                    break;
                case (byte)'\n':
                    _position++;
                    return Token.LineEnd;
                case (byte)'#':
                    SkipTo((byte)'\n');
                    break;
                default:
                    word = ReadWord();
                    return Token.Word;
            }
        }

        return Token.FileEnd;
    }

    /// <summary>The word that begins here; of one that fills the buffer the beginning, with an ellipsis, so that it is no number.</summary>
    private ReadOnlySpan<byte> ReadWord()
    {
        int length;
        while ((length = Unread.IndexOfAny(WordEnds)) < 0 && Fill())
        {
        }

        var word = length < 0 ? Unread : Unread[..length];
        _position += word.Length;
        if (word.Length == BufferBytes)
        {
            word = (byte[])[.. word[..(ShownText.MostBytes)], .. "…"u8];
            SkipWord();
        }

        return word;
    }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_position, _filled - _position);

    private void SkipWord()
    {
        int length;
        while ((length = Unread.IndexOfAny(WordEnds)) < 0)
        {
            _position = _filled;
            if (!Fill())
                return;
        }

        _position += length;
    }

    private void SkipTo(byte end)
    {
        int length;
        while ((length = Unread.IndexOf(end)) < 0)
        {
            _position = _filled;
            if (!Fill())
                return;
        }

        _position += length;
    }

    /// <summary>Moves what is unread to the front and fills the buffer; false when nothing came, or there is no room.</summary>
    private bool Fill()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Unread.CopyTo(_buffer);
        _filled -= _position;
        _position = 0;
        var read = _file.ReadAtLeast(_buffer.AsSpan(_filled), BufferBytes - _filled, throwOnEndOfStream: false);
        _filled += read;
        return read > 0;
    }

    /// <summary>Counts one more; true when it is to be named, too.</summary>
    private bool CountError() => ++_errorCount <= InvalidDatasetException.MaxErrors;

    private void ThrowIfInvalid()
    {
        if (_errorCount > 0)
            throw new InvalidDatasetException(_errors, _errorCount);
    }

    private static string WrongWord(ReadOnlySpan<byte> word) => word.StartsWith("qid:"u8)
        ? $"expected index:value; got {ShownText.Of(word)}, the query of data for ranking, which are not taken"
        : $"expected index:value, the index an integer from 0 to {int.MaxValue - 1}; got {ShownText.Of(word)}";

    private static string WrongNumber(string expected, ReadOnlySpan<byte> text)
    {
        var isBeyondRange = !text.ContainsAnyExcept(NumberCharacters) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isBeyondRange ? $"expected a number of at most 1.8e308; got {ShownText.Of(text)}"
            : text.IsEmpty ? $"{expected}; got nothing behind the colon"
            : $"{expected}; got {ShownText.Of(text)}";
    }
}
