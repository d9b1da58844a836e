using System.Text;
using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Tests.Datasets;

public sealed class Utf8TranscodingTests
{
    // Of one, two, three and four bytes in UTF-8, and more than the buffers hold.
    private static readonly string Text = string.Concat(Enumerable.Range(0, 6_000).Select(i => $"{i},é,값,😀\uFEFF\r\n"));

    private static readonly Encoding[] Encodings =
        [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF32Encoding(false, true), new UTF32Encoding(true, true)];

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
    public async Task OnlyTheFirstMarkIsTaken()
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
    public async Task FileWithoutAMarkStaysAsItIs(string latin1)
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
    [InlineData("FFFE61", "UTF-16, but at byte 2 the file ends in the middle of a character.")]
    [InlineData("FFFE6100620063", "UTF-16, but at byte 6 the file ends in the middle of a character.")]
    [InlineData("FFFE61003DD8", "UTF-16, but at byte 4 half of a surrogate pair stands alone.")]
    [InlineData("FFFE61003DD86100", "UTF-16, but at byte 4 half of a surrogate pair stands alone.")]
    [InlineData("FFFE00DE6100", "UTF-16, but at byte 2 half of a surrogate pair stands alone.")]
    [InlineData("FEFF0061DE00", "UTF-16, but at byte 4 half of a surrogate pair stands alone.")]
    [InlineData("FEFF0061D83D00", "UTF-16, but at byte 4 half of a surrogate pair stands alone.|UTF-16, but at byte 4 the file ends in the middle of a character.")]
    [InlineData("FFFE0000610000", "UTF-32, but at byte 4 the file ends in the middle of a character.")]
    [InlineData("FFFE00006100000000D80000", "UTF-32, but at byte 8 D800 is no character.")]
    [InlineData("0000FEFF00110000", "UTF-32, but at byte 4 110000 is no character.")]
    public async Task WrongTextIsRefusedWithThePlace(string file, string messages)
    {
        foreach (var atATime in new[] { 1, 3, 100 })
        {
            var refusal = await Should.ThrowAsync<InvalidDataException>(() => Read(Convert.FromHexString(file), atATime));
            messages.Split('|').ShouldContain(refusal.Message.Replace("By its first bytes the text is ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task PlaceCountsFromTheBeginningOfALongFile()
    {
        var encoding = new UnicodeEncoding(false, true);
        byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes(new string('a', 100_000)), 0x3D, 0xD8, 0x61, 0];

        (await Should.ThrowAsync<InvalidDataException>(() => Read(file, 5_001))).Message.ShouldContain("at byte 200002 ");
    }

    private static Task<byte[]> Read(byte[] file, int atATime = 100_000, int bufferBytes = 4_096) =>
        SlowStream.ReadAll(new Utf8Transcoding(new SlowStream(file, atATime)), bufferBytes);
}
