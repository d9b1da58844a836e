using System.Text;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tests.Tables.Bytes;

namespace SigmoidApi.Tests.Tables.Charsets;

public sealed class Utf8TranscodingTests
{
    // Characters of one to four bytes in UTF-8, more than the buffers hold.
    private static readonly string Text = string.Concat(Enumerable.Range(0, 6_000).Select(i => $"{i},é,값,😀\uFEFF\r\n"));

    private static readonly Encoding[] Encodings =
        [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF32Encoding(false, true),
            new UTF32Encoding(true, true)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(5, 100_000)]
    [InlineData(100_000, 1)]
    [InlineData(100_000, 100_000)]
    public async Task TextWithAMarkBecomesUtf8WithoutIt(int atATime, int bufferBytes)
    {
        foreach (var encoding in Encodings)
        {
            byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)];
            (await Read(file, atATime, bufferBytes)).ShouldBe(Encoding.UTF8.GetBytes(Text), encoding.EncodingName);
        }
    }

    [Fact]
    public async Task OnlyTheFirstMarkIsRemoved()
    {
        foreach (var encoding in Encodings)
            (await Read([.. encoding.GetPreamble(), .. encoding.GetPreamble()])).ShouldBe(Encoding.UTF8.GetPreamble(), encoding.EncodingName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("abc")]
    [InlineData("PAR1")]
    [InlineData("\u00EF\u00BB")]
    [InlineData("\u00EF\u00BB\u00BE")]
    [InlineData("\u00FF")]
    [InlineData("\0\0\u00FE")]
    [InlineData("a,\u00E9\u00FF\u00FE\0,b")]
    public async Task FileWithoutAMarkIsUnchanged(string latin1)
    {
        var file = Encoding.Latin1.GetBytes(latin1);

        (await Read(file)).ShouldBe(file);
        (await Read(file, 1, 1)).ShouldBe(file);
    }

    [Theory]
    [InlineData("FFFE", "")]
    [InlineData("FEFF", "")]
    [InlineData("EFBBBF", "")]
    [InlineData("FFFE0000", "")]
    [InlineData("FFFE6100", "61")]
    public async Task ShortFilesAreRead(string file, string utf8) => (await Read(Convert.FromHexString(file))).ShouldBe(Convert.FromHexString(utf8));

    [Theory]
    [InlineData("FFFE61", "UTF-16LE", 1, "61 at byte 2")]
    [InlineData("FFFE6100620063", "UTF-16LE", 1, "63 at byte 6")]
    [InlineData("FFFE61003DD8", "UTF-16LE", 1, "3D D8 at byte 4")]
    [InlineData("FFFE0A003DD86100", "UTF-16LE", 2, "3D D8 at byte 4")]
    [InlineData("FFFE00DE6100", "UTF-16LE", 1, "00 DE at byte 2")]
    [InlineData("FEFF000DDE00", "UTF-16BE", 2, "DE 00 at byte 4")]
    [InlineData("FEFF000D000AD83D00", "UTF-16BE", 2, "D8 3D at byte 6|D8 3D 00 at byte 6")]
    [InlineData("FFFE0000610000", "UTF-32LE", 1, "61 00 00 at byte 4")]
    [InlineData("FFFE00006100000000D80000", "UTF-32LE", 1, "00 D8 00 00 at byte 8")]
    [InlineData("0000FEFF00110000", "UTF-32BE", 1, "00 11 00 00 at byte 4")]
    public async Task InvalidTextWithAMarkIsRefusedWithItsPlace(string file, string charset, int line, string bytes)
    {
        foreach (var atATime in new[] { 1, 3, 100 })
        {
            var refusal = await Should.ThrowAsync<InvalidTextException>(() => Read(Convert.FromHexString(file), atATime));
            refusal.LineCount.ShouldBe(1);
            bytes.Split('|').Select(b => new TextFault(line, $"expected text in {charset} as the byte order mark says; got other bytes: {b}"))
                .ShouldContain(refusal.Faults.ShouldHaveSingleItem());
        }
    }

    [Fact]
    public async Task PlaceCountsFromTheBeginningOfALongFile()
    {
        var encoding = new UnicodeEncoding(false, true);
        byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes(string.Concat(Enumerable.Repeat("a\r\n", 33_333))), 0x3D, 0xD8, 0x61, 0];

        var fault = (await Should.ThrowAsync<InvalidTextException>(() => Read(file, 5_001))).Faults[0];

        fault.Line.ShouldBe(33_334);
        fault.Message.ShouldContain("at byte 200000");
    }

    /// <summary>The first invalid bytes of each line are reported, and none of the text after the first fault is passed on.</summary>
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task TheFirstWrongLinesAreNamed(string lineEnd)
    {
        var lines = Enumerable.Range(1, 3_000).Select(line => line % 100 == 0 ? $"{line},\u008C\u008C\u008C\u00FF{lineEnd}" : $"{line},\u00B0\u00A1{lineEnd}");
        var file = Encoding.Latin1.GetBytes(string.Concat(lines));

        foreach (var atATime in new[] { 1, 7, 100_000 })
        {
            var refusal = await Should.ThrowAsync<InvalidTextException>(() => Read(file, atATime, charset: "cp949"));
            refusal.LineCount.ShouldBe(30);
            refusal.Faults.Select(fault => fault.Line).ShouldBe(Enumerable.Range(1, InvalidTextException.MaxFaults).Select(i => 100L * i));
            refusal.Faults[0].Message.ShouldBe(
                "expected text in EUC-KR as the request says, or the file's own charset in the Content-Type (charset=windows-1252); "
                + $"got other bytes: 8C FF at byte {Encoding.Latin1.GetByteCount(string.Concat(lines.Take(99))) + 6}");
        }
    }

    [Theory]
    [InlineData("windows-1252", "80F6", "€ö")]
    [InlineData("windows-1252", "EFBBBFC3B6", "ö")]
    [InlineData("windows-1252", "FFFEF600", "ö")]
    [InlineData("utf-16be", "FFFEF600", "ö")]
    [InlineData("utf-16le", "FEFF00F6", "ö")]
    [InlineData("utf-16le", "F600", "ö")]
    [InlineData("utf-16", "F6000A00", "ö\n")]
    [InlineData("utf-32", "F6000000", "ö")]
    [InlineData("gb18030", "84319533B0A1", "啊")]
    [InlineData("gb18030", "B0A184319533", "啊\uFEFF")]
    [InlineData("windows-1252", "84319533", "„1•3")]
    public async Task MarkOverridesTheCharset(string charset, string file, string text)
    {
        foreach (var atATime in new[] { 1, 100 })
            Encoding.UTF8.GetString(await Read(Convert.FromHexString(file), atATime, charset: charset)).ShouldBe(text);
    }

    [Fact]
    public async Task ParquetIsUnchangedWithAnyCharset()
    {
        byte[] file = [.. "PAR1"u8, 0x15, 0x80, 0xFF, 0x00];

        (await Read(file, 1, charset: "cp949")).ShouldBe(file);
        Encoding.UTF8.GetString(await Read([.. "PAR1,b\n"u8, 0xB0, 0xA1], charset: "cp949")).ShouldBe("PAR1,b\n가");
    }

    private static Task<byte[]> Read(byte[] file, int atATime = 100_000, int bufferBytes = 4_096, string charset = "utf-8") =>
        SlowStream.ReadAll(new Utf8Transcoding(new SlowStream(file, atATime), Charset.Find(charset)!), bufferBytes);
}
