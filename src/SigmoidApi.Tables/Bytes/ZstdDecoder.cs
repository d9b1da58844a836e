using ZstdSharp;
using ZstdSharp.Unsafe;

namespace SigmoidApi.Tables.Bytes;

/// <summary>The decompressed bytes of a sequence of zstd frames (RFC 8878).</summary>
internal sealed class ZstdDecoder : ForwardStream
{
    /// <summary>8 MiB, the limit of RFC 9659 for the content coding: a decoder keeps a window of decompressed bytes in memory.</summary>
    private const int MaxWindowLog = 23;

    private readonly DecompressionStream _plain;

    /// <param name="file">At least one byte: an empty file would count as zero frames, without an error. It stays open.</param>
    public ZstdDecoder(Stream file)
    {
        _plain = new DecompressionStream(file, bufferSize: 64 * 1024, checkEndOfStream: true, leaveOpen: true);
        _plain.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _plain.ReadAsync(buffer, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The file is not a complete zstd file: it is cut off.", e);
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException(
                e.Code == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge
                    ? $"The zstd file needs a window of more than {1 << (MaxWindowLog - 20)} MiB to be unpacked; compress it without --long and --ultra."
                    : "The file is not a complete zstd file: it is damaged, or something else follows the compressed bytes.",
                e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _plain.Dispose();
        base.Dispose(disposing);
    }
}
