using System.IO.Compression;
using System.Net;

namespace SigmoidApi.Tests.Contract;

/// <summary>A streamed answer whose items are checked while the test reads them.</summary>
internal sealed class CheckedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly AnswerItems _items;

    public CheckedContent(HttpContent inner, AnswerItems items)
    {
        (_inner, _items) = (inner, items);
        foreach (var (name, values) in inner.Headers)
            Headers.TryAddWithoutValidation(name, values);
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        new Reading(await _inner.ReadAsStreamAsync(), _items, _inner.Headers.ContentEncoding.SingleOrDefault());

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var source = await CreateContentReadStreamAsync();
        await source.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long length) => (length = 0) > 0;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Reading(Stream inner, AnswerItems items, string? coding) : Stream
    {
        // A compressed answer is checked when it is complete.
        private readonly MemoryStream? _packed = coding is null ? null : new();
        private bool _isAtEnd;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Look(buffer[..read], isAtEnd: read == 0 && buffer.Length > 0);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Look(buffer.Span[..read], isAtEnd: read == 0 && buffer.Length > 0);
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private void Look(ReadOnlySpan<byte> read, bool isAtEnd)
        {
            if (_packed is not null)
                _packed.Write(read);
            else
                items.Add(read);
            if (!isAtEnd || _isAtEnd)
                return;
            _isAtEnd = true;
            if (_packed is not null)
                items.Add(Packed.Read(_packed.ToArray(), coding));
            items.End();
        }
    }
}

/// <summary>Decompresses bodies.</summary>
internal static class Packed
{
    public static byte[] Read(byte[] body, string? coding)
    {
        using var sent = new MemoryStream(body);
        using Stream plain = coding switch
        {
            "gzip" => new GZipStream(sent, CompressionMode.Decompress),
            "br" => new BrotliStream(sent, CompressionMode.Decompress),
            _ => sent,
        };
        using var read = new MemoryStream();
        plain.CopyTo(read);
        return read.ToArray();
    }
}
