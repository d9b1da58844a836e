using SigmoidApi.Tables.Bytes;

namespace SigmoidApi.Tables.Charsets;

/// <summary>
/// Text converted to UTF-8 without a byte order mark. A byte order mark of UTF-8, UTF-16 or UTF-32 overrides the charset of the request, as in the WHATWG
/// Encoding Standard. UTF-8 is passed on unchecked: the reader of the format reports invalid bytes. The source stays open.
/// </summary>
/// <param name="source">The bytes as sent.</param>
/// <param name="charset">The charset that the request names.</param>
internal sealed class Utf8Transcoding(Stream source, Charset charset) : ForwardStream
{
    private const int InputBytes = 16 * 1024;
    private const int StartBytes = 1024;

    private readonly byte[] _input = new byte[InputBytes];
    private readonly TextFaults _faults = new();
    private byte[] _output = [];
    private byte[] _start = [];
    private bool _hasBegun;
    private TextDecoder? _decoder;
    private string _expected = "";
    private int _inputCount;
    private int _outputStart;
    private int _outputCount;
    private long _position;

    /// <exception cref="InvalidTextException">The text is not in its charset. Thrown at the end of the text, when all lines have been checked.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        if (!_hasBegun)
            await BeginAsync(cancellationToken);
        while (_outputCount == 0)
        {
            if (_decoder is null)
                return await source.ReadAsync(buffer, cancellationToken);
            var read = await source.ReadAsync(_input.AsMemory(_inputCount), cancellationToken);
            if (_position == 0)
                _start = _input[..Math.Min(_inputCount + read, StartBytes)];
            _inputCount += read;
            Transcode(_decoder, isEnd: read == 0);
            if (read > 0)
                continue;
            if (_faults.LineCount > 0)
                throw new InvalidTextException(_faults.First, _faults.LineCount, _start);
            if (_outputCount == 0)
                return 0;
        }

        var count = Math.Min(buffer.Length, _outputCount);
        _output.AsMemory(_outputStart, count).CopyTo(buffer);
        _outputStart += count;
        _outputCount -= count;
        return count;
    }

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _inputCount = await source.ReadAtLeastAsync(_input.AsMemory(0, 5), 5, throwOnEndOfStream: false, cancellationToken);
        _hasBegun = true;
        var (marked, length) = _input.AsSpan(0, _inputCount) switch
        {
            // UTF-32 before UTF-16, because its mark begins with the mark of UTF-16: text in UTF-16 does not begin with a NUL.
            [0xFF, 0xFE, 0, 0, ..] => (Charset.Utf32, 4),
            [0, 0, 0xFE, 0xFF, ..] => (Charset.Utf32BigEndian, 4),
            [0xFF, 0xFE, ..] => (Charset.Utf16, 2),
            [0xFE, 0xFF, ..] => (Charset.Utf16BigEndian, 2),
            [0xEF, 0xBB, 0xBF, ..] => (Charset.Utf8, 3),
            // The mark of gb18030 counts only if the request names it: in other charsets these bytes may be text.
            [0x84, 0x31, 0x95, 0x33, ..] when charset == Charset.Gb18030 => (charset, 4),
            // Parquet is not text, even if a client names a charset for every file. Text that begins with PAR1 has no control character next.
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', < (byte)' ' and not ((byte)'\t' or (byte)'\r' or (byte)'\n')] => (Charset.Utf8, 0),
            _ => (null, 0),
        };
        var found = marked ?? charset;
        _decoder = found.NewDecoder();
        _expected = length > 0
            ? $"expected text in {found.Name} as the byte order mark says"
            : $"expected text in {found.Name} as the request says, or the file's own charset in the Content-Type (charset=windows-1252)";
        if (_decoder is null)
        {
            (_output, _outputStart, _outputCount) = (_input, length, _inputCount - length);
            return;
        }

        _output = new byte[InputBytes * TextDecoder.MostBytesPerByte];
        Consume(length);
    }

    private void Transcode(TextDecoder decoder, bool isEnd)
    {
        _outputStart = 0;
        var start = 0;
        while (true)
        {
            var bytes = _input.AsSpan(start, _inputCount - start);
            var decoded = decoder.Decode(bytes, isEnd, _output.AsSpan(_outputCount));
            _faults.Pass(_output.AsSpan(_outputCount, decoded.Written));
            _outputCount += decoded.Written;
            start += decoded.Read;
            if (decoded.Wrong == 0)
                break;
            _faults.Add(_expected, bytes.Slice(decoded.Read, decoded.Wrong), _position + start);
            start += decoded.Skipped;
            // Discard the output: from here on the text is only checked for further faults.
            _outputCount = 0;
        }

        if (_faults.LineCount > 0)
            _outputCount = 0;
        Consume(start);
    }

    private void Consume(int count)
    {
        _input.AsSpan(count, _inputCount - count).CopyTo(_input);
        _inputCount -= count;
        _position += count;
    }
}
