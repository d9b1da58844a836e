using System.Buffers;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Libsvm;

internal enum LibsvmToken
{
    Word,
    LineEnd,
    FileEnd,
}

/// <summary>Splits a LIBSVM file into words and line ends, in a buffer of fixed size.</summary>
internal sealed class LibsvmWords
{
    private const int BufferBytes = 128 * 1024;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n#"u8);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Stream _file;
    private readonly CancellationToken _cancellationToken;
    private int _position;
    private int _filled;

    /// <param name="file">A seekable file, read from its beginning.</param>
    /// <param name="cancellationToken">Checked before each 128 KB.</param>
    public LibsvmWords(Stream file, CancellationToken cancellationToken)
    {
        _file = file;
        _cancellationToken = cancellationToken;
        file.Position = 0;
    }

    /// <summary>Reads the next token. Blanks and comments are skipped.</summary>
    /// <param name="word">The word; valid until the next call.</param>
    public LibsvmToken Next(out ReadOnlySpan<byte> word)
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
                    return LibsvmToken.LineEnd;
                case (byte)'#':
                    SkipTo((byte)'\n');
                    break;
                default:
                    word = ReadWord();
                    return LibsvmToken.Word;
            }
        }

        return LibsvmToken.FileEnd;
    }

    /// <summary>Reads the word that begins here. A word that fills the buffer is cut and ends in an ellipsis, so that it is not a number.</summary>
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
            word = (byte[])[.. word[..ShownText.MostBytes], .. "…"u8];
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

    /// <summary>Moves the unread bytes to the front and fills the buffer; false at the end of the file or if the buffer is full.</summary>
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
}
