using System.Buffers;
using System.Globalization;
using SigmoidApi.Compute.Decimals;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Libsvm;

/// <summary>
/// Reads the text format of LIBSVM and SVMlight, <c>label index:value index:value … # comment</c>, with a row on each line. Features that a row does not name
/// are 0. A file is read twice: <see cref="Scan"/> checks and counts, then <see cref="Read"/> returns the rows. Memory does not grow with the length of lines.
/// </summary>
internal sealed class LibsvmReader
{
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("+-.0123456789Ee"u8);

    private readonly List<DatasetError> _errors = [];
    private readonly LibsvmWords _words;
    private readonly int _features;
    private readonly int _firstIndex;
    private long _errorCount;
    private long _line = 1;
    private int _largestIndex;
    private bool _hasIndexZero;

    /// <param name="file">A seekable file, read from its beginning.</param>
    /// <param name="header">The result of <see cref="Scan"/>.</param>
    /// <param name="cancellationToken">Checked before each 128 KB.</param>
    public LibsvmReader(Stream file, LibsvmHeader header, CancellationToken cancellationToken)
        : this(file, header.Features, header.ZeroBased ? 0 : 1, cancellationToken)
    {
    }

    private LibsvmReader(Stream file, int features, int firstIndex, CancellationToken cancellationToken)
    {
        _words = new(file, cancellationToken);
        _features = features;
        _firstIndex = firstIndex;
    }

    /// <summary>Checks a whole file.</summary>
    /// <exception cref="InvalidDatasetException">A line is malformed, or there are no rows, or no features although they are needed.</exception>
    /// <exception cref="DatasetTooLargeException">There are more rows, or more columns including the label, than allowed.</exception>
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
    /// <param name="row">Room for the label and <see cref="LibsvmHeader.Features"/> values.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDatasetException">The file has changed since it was scanned.</exception>
    public bool Read(Span<double> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _features + 1);
        row.Clear();
        var read = ReadRow(row);
        ThrowIfInvalid();
        return read;
    }

    /// <summary>Reads up to the end of the next line with a row; false at the end of the file.</summary>
    /// <param name="row">Receives the values; empty to check them only.</param>
    private bool ReadRow(Span<double> row)
    {
        LibsvmToken token;
        ReadOnlySpan<byte> word;
        while ((token = _words.Next(out word)) == LibsvmToken.LineEnd)
            _line++;
        if (token == LibsvmToken.FileEnd)
            return false;

        if (!TryParse(word, out var label) && CountError())
            _errors.Add(new(_line, null, WrongNumber("expected a label, which is a number", word)));
        if (!row.IsEmpty)
            row[0] = label;

        var previous = -1;
        while ((token = _words.Next(out word)) == LibsvmToken.Word)
            ReadFeature(word, ref previous, row);
        if (token == LibsvmToken.LineEnd)
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
            _errors.Add(new(_line, $"feature {index}", $"expected every index once, in ascending order; got {index} after {previous}"));
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

    /// <summary>Reads a sign, digits with a point and an exponent, as in a CSV cell: not <c>nan</c>, <c>inf</c>, <c>0x1</c> or <c>1_000</c>.</summary>
    private static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (!text.IsEmpty && DoubleParser.Parse(text, out value) == text.Length)
            return double.IsFinite(value);
        // DoubleParser reads JSON's numbers only: no plus, no leading zeros, and digits on both sides of the point.
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;
        return !text.ContainsAnyExcept(NumberCharacters)
            && double.TryParse(text, Style, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>Counts an error; true if it is among the first ones, which are reported.</summary>
    private bool CountError() => ++_errorCount <= InvalidDatasetException.MaxErrors;

    private void ThrowIfInvalid()
    {
        if (_errorCount > 0)
            throw new InvalidDatasetException(_errors, _errorCount);
    }

    private static string WrongWord(ReadOnlySpan<byte> word) => word.StartsWith("qid:"u8)
        ? $"expected index:value; got {ShownText.Of(word)}, the query id of ranking data, which is not supported"
        : $"expected index:value, the index an integer from 0 to {int.MaxValue - 1}; got {ShownText.Of(word)}";

    private static string WrongNumber(string expected, ReadOnlySpan<byte> text)
    {
        var isBeyondRange = !text.ContainsAnyExcept(NumberCharacters) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isBeyondRange ? $"expected a number of at most 1.8e308; got {ShownText.Of(text)}"
            : text.IsEmpty ? $"{expected}; got nothing after the colon"
            : $"{expected}; got {ShownText.Of(text)}";
    }
}
