namespace SigmoidApi.Http;

/// <summary>
/// The body of an answer. Holds its first bytes until there are more than <paramref name="least"/>, or the answer is flushed or ends.
/// </summary>
internal sealed class BufferedStart(Stream inner, int least) : Stream
{
    private byte[]? _held = [];
    private int _count;

    /// <summary>Whether the answer has more bytes than the limit.</summary>
    public bool IsLarge { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_held is not null && !TryHold(buffer.Span))
            await EndAsync(cancellationToken);
        if (_held is null)
            await inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The server writes asynchronously.");

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await EndAsync(cancellationToken);
        await inner.FlushAsync(cancellationToken);
    }

    public override void Flush() => throw new NotSupportedException("The server writes asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Passes on the held bytes. The compression decides by <see cref="IsLarge"/> then.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_held is not { } held)
            return;
        _held = null;
        if (_count > 0)
            await inner.WriteAsync(held.AsMemory(0, _count), cancellationToken);
    }

    private bool TryHold(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > least)
        {
            IsLarge = true;
            return false;
        }

        if (_held!.Length < least)
            _held = new byte[least];
        bytes.CopyTo(_held.AsSpan(_count));
        _count += bytes.Length;
        return true;
    }
}
