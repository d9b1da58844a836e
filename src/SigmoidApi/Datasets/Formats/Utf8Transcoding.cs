using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// The text of a file as UTF-8 without byte order mark, when it begins with one, of UTF-8, UTF-16 or UTF-32 in either order of bytes; any other file as it
/// is. The file stays open.
/// </summary>
internal sealed class Utf8Transcoding(Stream file) : ForwardStream
{
    private const int InputBytes = 16 * 1024;

    private readonly byte[] _input = new byte[InputBytes];

    // Two bytes of UTF-16 become three at most.
    private readonly byte[] _output = new byte[InputBytes / 2 * 3];
    private Form? _form;
    private int _inputCount;
    private int _outputStart;
    private int _outputCount;
    private long _position;

    private enum Form
    {
        AsItIs,
        Utf16,
        Utf16BigEndian,
        Utf32,
        Utf32BigEndian,
    }

    /// <exception cref="InvalidDataException">The file is not what its mark says; the message names the byte, counted from 0.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        _form ??= await ReadMarkAsync(cancellationToken);
        while (_outputCount == 0)
        {
            if (_form == Form.AsItIs)
                return await file.ReadAsync(buffer, cancellationToken);
            var read = await file.ReadAsync(_input.AsMemory(_inputCount), cancellationToken);
            _inputCount += read;
            Transcode(isEnd: read == 0);
            if (read == 0 && _outputCount == 0)
                return 0;
        }

        var count = Math.Min(buffer.Length, _outputCount);
        _output.AsMemory(_outputStart, count).CopyTo(buffer);
        _outputStart += count;
        _outputCount -= count;
        return count;
    }

    private async ValueTask<Form> ReadMarkAsync(CancellationToken cancellationToken)
    {
        _inputCount = await file.ReadAtLeastAsync(_input.AsMemory(0, 4), 4, throwOnEndOfStream: false, cancellationToken);
        var (form, length) = _input.AsSpan(0, _inputCount) switch
        {
            // Before the shorter mark that it begins with: text in UTF-16 does not begin with a NUL.
            [0xFF, 0xFE, 0, 0] => (Form.Utf32, 4),
            [0, 0, 0xFE, 0xFF] => (Form.Utf32BigEndian, 4),
            [0xFF, 0xFE, ..] => (Form.Utf16, 2),
            [0xFE, 0xFF, ..] => (Form.Utf16BigEndian, 2),
            [0xEF, 0xBB, 0xBF, ..] => (Form.AsItIs, 3),
            _ => (Form.AsItIs, 0),
        };
        if (form == Form.AsItIs)
        {
            _input.AsSpan(length, _inputCount - length).CopyTo(_output);
            _outputCount = _inputCount - length;
        }
        else
        {
            Consume(length);
        }

        return form;
    }

    private void Transcode(bool isEnd)
    {
        _outputStart = 0;
        Consume(_form is Form.Utf16 or Form.Utf16BigEndian ? TranscodeUtf16(isEnd) : TranscodeUtf32());
        if (isEnd && _inputCount > 0)
            throw Invalid("the file ends in the middle of a character");
    }

    private int TranscodeUtf16(bool isEnd)
    {
        var length = _inputCount & ~1;
        var units = MemoryMarshal.Cast<byte, ushort>(_input.AsSpan(0, length));
        Span<char> characters = stackalloc char[256];
        var consumed = 0;
        while (consumed < units.Length)
        {
            var part = units.Slice(consumed, Math.Min(units.Length - consumed, characters.Length));
            for (var i = 0; i < part.Length; i++)
                characters[i] = (char)(_form == Form.Utf16BigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(part[i]) : part[i]);
            var status = Utf8.FromUtf16(
                characters[..part.Length], _output.AsSpan(_outputCount), out var read, out var written, replaceInvalidSequences: false, isFinalBlock: isEnd);
            consumed += read;
            _outputCount += written;
            if (status == OperationStatus.InvalidData)
            {
                Consume(2 * consumed);
                throw Invalid("half of a surrogate pair stands alone");
            }

            // Half of a pair, at the end of what has come.
            if (read == 0)
                break;
        }

        return 2 * consumed;
    }

    private int TranscodeUtf32()
    {
        var consumed = 0;
        for (; consumed + 4 <= _inputCount; consumed += 4)
        {
            var bytes = _input.AsSpan(consumed, 4);
            var value = _form == Form.Utf32BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (!Rune.TryCreate(value, out var rune))
            {
                Consume(consumed);
                throw Invalid($"{value:X} is no character");
            }

            _outputCount += rune.EncodeToUtf8(_output.AsSpan(_outputCount));
        }

        return consumed;
    }

    private void Consume(int count)
    {
        _input.AsSpan(count, _inputCount - count).CopyTo(_input);
        _inputCount -= count;
        _position += count;
    }

    private InvalidDataException Invalid(string what) =>
        new($"By its first bytes the text is {(_form is Form.Utf16 or Form.Utf16BigEndian ? "UTF-16" : "UTF-32")}, but at byte {_position} {what}.");
}
