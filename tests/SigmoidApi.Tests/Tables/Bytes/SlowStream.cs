using SigmoidApi.Tables.Bytes;

namespace SigmoidApi.Tests.Tables.Bytes;

/// <summary>Bytes that arrive a few at a time, as from a slow client.</summary>
internal sealed class SlowStream(byte[] bytes, int atATime) : ForwardStream
{
    private int _position;

    /// <summary>Reads a stream to its end with a buffer of the given size.</summary>
    public static async Task<byte[]> ReadAll(Stream stream, int bufferBytes)
    {
        var all = new MemoryStream();
        var buffer = new byte[bufferBytes];
        int read;
        while ((read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
            all.Write(buffer, 0, read);
        (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)).ShouldBe(0);
        return all.ToArray();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = Math.Min(Math.Min(atATime, buffer.Length), bytes.Length - _position);
        bytes.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return ValueTask.FromResult(count);
    }
}
