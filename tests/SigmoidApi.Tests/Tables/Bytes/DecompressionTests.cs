using System.IO.Compression;
using System.Text;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace SigmoidApi.Tests.Tables.Bytes;

[Trait("Speed", "Slow")]
public sealed class DecompressionTests
{
    private const long NoLimit = long.MaxValue;

    private static readonly byte[] Small = Encoding.UTF8.GetBytes("a,b\n1,2\n3,4\n3,4\n3,4\n");

    // More than the buffers hold; half of it can't be compressed.
    private static readonly byte[] Large = [.. Random(300_000), .. new byte[300_000]];

    public static TheoryData<string> Codings => ["gzip", "zstd"];

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task AnyReadSizeGivesThePlainBytes(string coding)
    {
        byte[] two = [.. Pack(coding, Small), .. Pack(coding, []), .. Pack(coding, Large), .. Pack(coding, Small)];
        byte[] plain = [.. Small, .. Large, .. Small];

        foreach (var (atATime, bufferBytes) in new[] { (1, 100_000), (100_000, 1), (7, 13), (100_000, 1_000_000) })
        {
            (await Read(two, Coding(coding), atATime, bufferBytes)).ShouldBe(plain);
            (await Read(two, ContentCoding.Detected, atATime, bufferBytes)).ShouldBe(plain);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("PAR1")]
    [InlineData("\u001F")]
    [InlineData("(\u00B5/")]
    [InlineData("(\u00B5/\u00FC and more")]
    public async Task UncompressedFilesAreUnchanged(string latin1)
    {
        var file = Encoding.Latin1.GetBytes(latin1);

        (await Read(file, ContentCoding.Detected)).ShouldBe(file);
        (await Read(file, ContentCoding.Detected, 1, 1)).ShouldBe(file);
        await Should.ThrowAsync<InvalidDataException>(() => Read(file, ContentCoding.Gzip));
        await Should.ThrowAsync<InvalidDataException>(() => Read(file, ContentCoding.Zstd));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task FilesCutOffAnywhereAreRefused(string coding)
    {
        var first = Pack(coding, Small);
        byte[] file = [.. first, .. Pack(coding, Encoding.UTF8.GetBytes("5,6\n"))];
        for (var length = 0; length < file.Length; length++)
        {
            // The file may end after the first member or frame.
            if (length == first.Length)
                continue;
            foreach (var atATime in new[] { 1, 1_000 })
                await Should.ThrowAsync<InvalidDataException>(() => Read(file[..length], Coding(coding), atATime), $"{length} of {file.Length}");
        }

        var large = Pack(coding, Large);
        foreach (var missing in new[] { 1, 4, 8, 9, 1_000, large.Length - 20 })
            await Should.ThrowAsync<InvalidDataException>(() => Read(large[..^missing], Coding(coding)), $"{missing} missing");
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task BytesAfterTheCompressedOnesAreRefused(string coding)
    {
        foreach (var garbage in new byte[][] { [0], [0x1F], [0x28], "\n"u8.ToArray(), new byte[512], Small, [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD] })
            await Should.ThrowAsync<InvalidDataException>(() => Read([.. Pack(coding, Small), .. garbage], Coding(coding)), Convert.ToHexString(garbage));
    }

    /// <summary>A changed file is refused or gives the same bytes, because both formats have a checksum.</summary>
    [Theory]
    [MemberData(nameof(Codings))]
    public async Task MutatedFilesAreRefusedOrUnchanged(string coding)
    {
        var random = new Random(6);
        var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i},{random.Next(100)}\n")));
        var packed = Pack(coding, plain);
        var refused = 0;
        for (var i = 0; i < 3_000; i++)
        {
            // Half of the changes are near the beginning, in the header and the tables.
            var file = packed.ToArray();
            for (var j = random.Next(1, 4); j > 0; j--)
                file[random.Next(i % 2 == 0 ? 40 : file.Length)] ^= (byte)(1 << random.Next(8));
            if (i % 3 == 0)
                file = [.. file[..random.Next(file.Length)], .. file[random.Next(file.Length)..]];
            try
            {
                (await Read(file, Coding(coding), maxBytes: 10_000_000)).ShouldBe(plain);
            }
            catch (Exception e) when (e is InvalidDataException or DatasetTooLargeException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(2_000, 3_000);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task PlainBytesBeyondTheLimitAreTooLarge(string coding)
    {
        var bomb = Pack(coding, new byte[5_000_000]);
        bomb.Length.ShouldBeLessThan(10_000);

        (await Read(bomb, Coding(coding), maxBytes: 5_000_000)).Length.ShouldBe(5_000_000);
        var refusal = await Should.ThrowAsync<DatasetTooLargeException>(() => Read(bomb, Coding(coding), maxBytes: 4_999_999));
        refusal.Message.ShouldBe("The body has more than 4999999 bytes when it is unpacked (Datasets:MaxBytes).");
    }

    [Fact]
    public async Task UncompressedFilesHaveTheSameLimit()
    {
        (await Read(Small, ContentCoding.Detected, maxBytes: Small.Length)).ShouldBe(Small);
        await Should.ThrowAsync<DatasetTooLargeException>(() => Read(Small, ContentCoding.Detected, maxBytes: Small.Length - 1));
    }

    [Fact]
    public async Task ZstdWindowIsBounded()
    {
        var allowed = Pack("zstd", Large, windowLog: 23);
        var larger = Pack("zstd", Large, windowLog: 24);

        (await Read(allowed, ContentCoding.Zstd)).ShouldBe(Large);
        (await Should.ThrowAsync<InvalidDataException>(() => Read(larger, ContentCoding.Zstd))).Message.ShouldContain("a window of more than 8 MiB");
    }

    [Theory]
    [InlineData(null, true, "Detected")]
    [InlineData("identity", true, "Detected")]
    [InlineData("gzip", true, "Gzip")]
    [InlineData(" GZip ", true, "Gzip")]
    [InlineData("x-gzip", true, "Gzip")]
    [InlineData("zstd", true, "Zstd")]
    [InlineData("br", false, "Detected")]
    [InlineData("gzip, zstd", false, "Detected")]
    public void CodingIsTakenFromTheHeader(string? header, bool isKnown, string coding)
    {
        Decompression.TryParse(header, out var parsed).ShouldBe(isKnown);
        parsed.ToString().ShouldBe(coding);
    }

    [Fact]
    public async Task CanceledReadStops()
    {
        await using var stream = new Decompression(new SlowStream(Pack("gzip", Large), 1), ContentCoding.Gzip, NoLimit, "");

        await Should.ThrowAsync<OperationCanceledException>(async () => await stream.CopyToAsync(Stream.Null, new CancellationToken(canceled: true)));
    }

    private static ContentCoding Coding(string name) => name == "gzip" ? ContentCoding.Gzip : ContentCoding.Zstd;

    private static async Task<byte[]> Read(byte[] file, ContentCoding coding, int atATime = 1_000_000, int bufferBytes = 65_536, long maxBytes = NoLimit)
    {
        await using var stream = new Decompression(new SlowStream(file, atATime), coding, maxBytes, "Datasets:MaxBytes");
        return await SlowStream.ReadAll(stream, bufferBytes);
    }

    private static byte[] Pack(string coding, byte[] plain, int windowLog = 0)
    {
        using var packed = new MemoryStream();
        if (coding == "gzip")
        {
            // For empty input the framework's stream writes not even a header.
            if (plain.Length == 0)
                return Convert.FromHexString("1F8B080000000000000303000000000000000000");
            using var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(plain);
            gzip.Close();
        }
        else
        {
            using var zstd = new CompressionStream(packed, leaveOpen: true);
            zstd.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            if (windowLog > 0)
                zstd.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, windowLog);
            zstd.Write(plain);
            zstd.Close();
        }

        return packed.ToArray();
    }

    private static byte[] Random(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
