using System.IO.Compression;
using System.Security.Cryptography;

namespace SigmoidApi.Tables.Bytes;

/// <summary>
/// The decompressed bytes of a sequence of gzip members (RFC 1952). The framework's stream verifies checksums, but it ends without an error if the file is
/// cut off, and it ignores bytes after the last member. So a member with a random mark is appended to the file: if the mark is not the last output, the
/// file was incomplete.
/// </summary>
internal sealed class GzipDecoder : ForwardStream
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly GZipStream _plain;
    private int _start;
    private int _count;
    private bool _isRead;

    /// <param name="file">At least one byte: an empty file would count as zero members, without an error. It stays open.</param>
    public GzipDecoder(Stream file) => _plain = new GZipStream(new MarkedFile(file, Compress(_mark)), CompressionMode.Decompress, leaveOpen: false);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        // Hold the last bytes back: they may be the mark.
        while (!_isRead && _count <= _mark.Length)
            await FillAsync(cancellationToken);
        var read = Math.Min(buffer.Length, _count - _mark.Length);
        _buffer.AsMemory(_start, read).CopyTo(buffer);
        _start += read;
        _count -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _plain.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _count).CopyTo(_buffer);
        _start = 0;
        int read;
        try
        {
            read = await _plain.ReadAsync(_buffer.AsMemory(_count), cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw Incomplete(e);
        }

        _count += read;
        _isRead = read == 0;
        if (_isRead && !_buffer.AsSpan(0, _count).SequenceEqual(_mark))
            throw Incomplete(null);
    }

    private static InvalidDataException Incomplete(Exception? inner) =>
        new("The file is not a complete gzip file: it is cut off or damaged, or something else follows the compressed bytes.", inner);

    private static byte[] Compress(byte[] mark)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression, leaveOpen: true))
            gzip.Write(mark);
        return compressed.ToArray();
    }

    /// <summary>The file followed by the member with the mark.</summary>
    private sealed class MarkedFile(Stream file, ReadOnlyMemory<byte> mark) : ForwardStream
    {
        private bool _isRead;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = _isRead ? 0 : await file.ReadAsync(buffer, cancellationToken);
            if (read > 0)
                return read;
            _isRead = true;
            read = Math.Min(mark.Length, buffer.Length);
            mark[..read].CopyTo(buffer);
            mark = mark[read..];
            return read;
        }
    }
}
