using System.Globalization;

namespace SigmoidApi.Tables.Charsets;

/// <summary>Counts the lines of a text while it is read, and keeps the first faults, one for each line.</summary>
internal sealed class TextFaults
{
    private readonly List<TextFault> _first = [];
    private long _line = 1;
    private long _lastLine;
    private bool _endedInCr;

    public IReadOnlyList<TextFault> First => _first;

    /// <summary>The number of lines with faults.</summary>
    public long LineCount { get; private set; }

    /// <summary>Counts the lines in the next piece of text.</summary>
    /// <param name="utf8">The text. Lines end in LF, CR or CRLF.</param>
    public void Pass(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        _line += utf8.Count((byte)'\n') - (_endedInCr && utf8[0] == '\n' ? 1 : 0);
        if (utf8.Contains((byte)'\r'))
            _line += utf8.Count((byte)'\r') - utf8.Count("\r\n"u8);
        _endedInCr = utf8[^1] == '\r';
    }

    /// <summary>Records a fault in the current line.</summary>
    /// <param name="expected">The beginning of the message.</param>
    /// <param name="wrong">The invalid bytes.</param>
    /// <param name="position">The position of the first of them in the file, counted from 0.</param>
    public void Add(string expected, ReadOnlySpan<byte> wrong, long position)
    {
        _endedInCr = false;
        if (_line == _lastLine)
            return;
        _lastLine = _line;
        LineCount++;
        if (_first.Count == InvalidTextException.MaxFaults)
            return;
        var bytes = string.Join(' ', wrong.ToArray().Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));
        _first.Add(new(_line, $"{expected}; got other bytes: {bytes} at byte {position}"));
    }
}
