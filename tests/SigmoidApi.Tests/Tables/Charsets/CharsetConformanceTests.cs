using System.Text;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tests.Tables.Bytes;
using static SigmoidApi.Tests.Tables.Charsets.EncodingStandard;

namespace SigmoidApi.Tests.Tables.Charsets;

/// <summary>
/// Checks every decoder against the index files of the WHATWG Encoding Standard: a sequence in an index gives its character, and every other sequence is
/// invalid. The bytes for a pointer are computed as in the standard's encoders, which invert the decoders.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CharsetConformanceTests
{
    private static readonly string[] DoubleByte = ["EUC-KR", "Big5", "GBK", "gb18030", "Shift_JIS", "EUC-JP"];

    public static TheoryData<string> SingleByteCharsets => [.. OfOneByte];

    public static TheoryData<string> DoubleByteCharsets => [.. DoubleByte];

    public static TheoryData<string> LegacyCharsets => [.. OfOneByte, .. DoubleByte, "ISO-2022-JP"];

    [Theory]
    [MemberData(nameof(SingleByteCharsets))]
    public void EveryByteIsWhatTheIndexSays(string charset)
    {
        var index = Index(charset);
        for (var value = 0; value <= 0xFF; value++)
            Decode(charset, (byte)value).ShouldBe(value < 0x80 ? $"{(char)value}" : index.GetValueOrDefault(value - 0x80, Wrong), $"{value:X2}");
    }

    [Fact]
    public void VisualAndLogicalHebrewHaveOneIndex()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        Decode("iso-8859-8-i", all).ShouldBe(Decode("iso-8859-8", all));
    }

    [Fact]
    public void UserDefinedBytesAreInThePrivateUseArea() => Decode("x-user-defined", [0x00, 0x7F, 0x80, 0xFF]).ShouldBe("\0\x7F\uF780\uF7FF");

    [Theory]
    [MemberData(nameof(DoubleByteCharsets))]
    public void EveryPairOfBytesIsWhatTheIndexSays(string charset)
    {
        var pairs = Pairs(charset);
        var leads = pairs.Keys.Select(pair => pair.Lead).ToHashSet();
        for (var lead = 0x80; lead <= 0xFF; lead++)
        {
            for (var trail = 0; trail <= 0xFF; trail++)
            {
                var expected = Single(charset, lead) is { } single ? single + Alone(charset, trail)
                    : pairs.TryGetValue((lead, trail), out var character) ? character
                    : !IsLead(charset, lead) ? Wrong + Alone(charset, trail)
                    : trail < 0x80 && !BeginsLonger(charset, trail) ? Wrong + (char)trail
                    : Wrong;
                Decode(charset, (byte)lead, (byte)trail).ShouldBe(expected, $"{lead:X2} {trail:X2}");
            }
        }

        leads.ShouldAllBe(lead => IsLead(charset, lead));
    }

    [Fact]
    public void EveryTripleOfEucJpIsWhatTheIndexSays()
    {
        var index = Index("jis0212");
        for (var second = 0xA1; second <= 0xFE; second++)
        {
            for (var third = 0; third <= 0xFF; third++)
            {
                var expected = third is >= 0xA1 and <= 0xFE ? index.GetValueOrDefault(((second - 0xA1) * 94) + third - 0xA1, Wrong) : Wrong;
                Decode("euc-jp", 0x8F, (byte)second, (byte)third).ShouldBe(third < 0x80 ? Wrong + (char)third : expected, $"8F {second:X2} {third:X2}");
            }
        }
    }

    [Theory]
    [InlineData("gb18030")]
    [InlineData("GBK")]
    public void EveryFourBytesOfGb18030AreWhatTheRangesSay(string charset)
    {
        const int Last = 126 * 10 * 126 * 10;
        var decoder = Charset.Find(charset)!.NewDecoder()!;
        var ranges = Ranges();
        var range = 0;
        Span<byte> utf8 = stackalloc byte[4 * TextDecoder.MostBytesPerByte];
        Span<byte> character = stackalloc byte[4];
        for (var pointer = 0; pointer < Last; pointer++)
        {
            if (range + 1 < ranges.Length && ranges[range + 1].Pointer <= pointer)
                range++;
            byte[] bytes =
                [(byte)(0x81 + (pointer / 12600)), (byte)(0x30 + (pointer / 1260 % 10)), (byte)(0x81 + (pointer / 10 % 126)), (byte)(0x30 + (pointer % 10))];
            var decoded = decoder.Decode(bytes, isEnd: true, utf8);
            var codePoint = pointer == 7457 ? 0xE7C7 : ranges[range].CodePoint + pointer - ranges[range].Pointer;
            var expected = pointer is (> 39419 and < 189000) or > 1237575
                ? new Decoded(0, 0, 4, 4)
                : new Decoded(4, new Rune(codePoint).EncodeToUtf8(character));
            if (decoded != expected || !utf8[..decoded.Written].SequenceEqual(character[..expected.Written]))
                Assert.Fail($"{Convert.ToHexString(bytes)} is {decoded}, expected {expected}");
        }
    }

    [Theory]
    [InlineData("gb18030", "8130", "\uFFFD")]
    [InlineData("gb18030", "813081", "\uFFFD")]
    [InlineData("gb18030", "813041", "\uFFFD0A")]
    [InlineData("gb18030", "8130FF", "\uFFFD0\uFFFD")]
    [InlineData("gb18030", "81308141", "\uFFFD0丄")]
    [InlineData("gb18030", "81308100", "\uFFFD0\uFFFD\0")]
    [InlineData("gb18030", "A6D9A8BC8135F437", "︐ḿ\uE7C7")]
    [InlineData("euc-jp", "8F", "\uFFFD")]
    [InlineData("euc-jp", "8FA2", "\uFFFD")]
    [InlineData("euc-jp", "8F2C", "\uFFFD,")]
    [InlineData("euc-kr", "8C0A", "\uFFFD\n")]
    [InlineData("shift_jis", "EEE0FBFC87408160", "髙髙①～")]
    [InlineData("iso-2022-jp", "1B2442306C1B284261", "一a")]
    [InlineData("iso-2022-jp", "1B284A5C7E611B28495C7E", "¥‾aﾜ\uFFFD")]
    [InlineData("iso-2022-jp", "1B24421B2842", "\uFFFD")]
    [InlineData("iso-2022-jp", "1B2842611B2842", "a")]
    [InlineData("iso-2022-jp", "1B2442300A1B284261", "\uFFFDa")]
    [InlineData("iso-2022-jp", "1B2442301B284261", "\uFFFDa")]
    [InlineData("iso-2022-jp", "1B24420A306C", "\uFFFD一")]
    [InlineData("iso-2022-jp", "1B24427E7E", "\uFFFD")]
    [InlineData("iso-2022-jp", "611B2843", "a\uFFFD(C")]
    [InlineData("iso-2022-jp", "611B62", "a\uFFFDb")]
    [InlineData("iso-2022-jp", "0E0F80", "\uFFFD\uFFFD\uFFFD")]
    [InlineData("iso-2022-jp", "00410A", "\0A\n")]
    [InlineData("utf-16le", "3DD800DE6100", "😀a")]
    [InlineData("utf-16le", "00DE6100", "\uFFFDa")]
    [InlineData("utf-16be", "D83D0061", "\uFFFDa")]
    [InlineData("utf-16be", "D83D00", "\uFFFD\uFFFD")]
    [InlineData("utf-16be", "006100", "a\uFFFD")]
    [InlineData("utf-32le", "00F6010000D8000061000000", "😀\uFFFDa")]
    [InlineData("utf-32be", "00110000", "\uFFFD")]
    public void SequencesCutOffOrOutOfPlaceAreInvalid(string charset, string hex, string text) =>
        Decode(charset, Convert.FromHexString(hex)).ShouldBe(text);

    [Fact]
    public void EveryPairOfIso2022JpIsWhatTheIndexSays()
    {
        var index = Index("jis0208");
        for (var pointer = 0; pointer < 94 * 94; pointer++)
        {
            byte[] bytes = [0x1B, (byte)'$', (byte)'B', (byte)(0x21 + (pointer / 94)), (byte)(0x21 + (pointer % 94))];
            Decode("iso-2022-jp", bytes).ShouldBe(index.GetValueOrDefault(pointer, Wrong), $"{pointer}");
        }

        for (var value = 0x21; value <= 0x5F; value++)
            Decode("iso-2022-jp", 0x1B, (byte)'(', (byte)'I', (byte)value).ShouldBe($"{(char)(0xFF61 - 0x21 + value)}");
    }

    /// <summary>Random characters, read in blocks of several sizes.</summary>
    [Theory]
    [MemberData(nameof(LegacyCharsets))]
    public async Task CharactersSplitAcrossBlocksAreDecoded(string charset)
    {
        var random = new Random(charset.Length);
        var text = new StringBuilder();
        while (text.Length < 40_000)
        {
            var bytes = new byte[random.Next(2, 5)];
            random.NextBytes(bytes);
            if (!Decode(charset, bytes).Contains(Wrong, StringComparison.Ordinal))
                text.Append(Convert.ToHexString(bytes));
        }

        var file = Convert.FromHexString(text.ToString());
        var whole = Decode(charset, file);
        whole.ShouldNotContain(Wrong);

        foreach (var atATime in new[] { 1, 3, 5_001 })
        {
            var utf8 = await SlowStream.ReadAll(new Utf8Transcoding(new SlowStream([(byte)'a', .. file], atATime), Charset.Find(charset)!), 777);
            utf8.AsSpan(1).SequenceEqual(Encoding.UTF8.GetBytes(whole)).ShouldBeTrue($"{atATime}");
        }
    }

    private static Dictionary<(int Lead, int Trail), string> Pairs(string charset)
    {
        var pairs = Index(charset switch { "EUC-KR" => "euc-kr", "Big5" => "big5", "GBK" or "gb18030" => "gb18030", _ => "jis0208" })
            .Where(entry => charset != "EUC-JP" || entry.Key < 94 * 94)
            .ToDictionary(entry => Bytes(charset, entry.Key), entry => entry.Value);
        switch (charset)
        {
            case "Big5":
                foreach (var (pointer, text) in new[] { (1133, "Ê\u0304"), (1135, "Ê\u030C"), (1164, "ê\u0304"), (1166, "ê\u030C") })
                    pairs[Bytes(charset, pointer)] = text;
                break;
            case "Shift_JIS":
                for (var pointer = 8836; pointer <= 10715; pointer++)
                    pairs[Bytes(charset, pointer)] = $"{(char)(0xE000 + pointer - 8836)}";
                break;
            case "EUC-JP":
                for (var trail = 0xA1; trail <= 0xDF; trail++)
                    pairs[(0x8E, trail)] = $"{(char)(0xFF61 - 0xA1 + trail)}";
                break;
        }

        return pairs;
    }

    // As in the encoders of the standard.
    private static (int Lead, int Trail) Bytes(string charset, int pointer)
    {
        var row = charset switch { "EUC-KR" or "GBK" or "gb18030" => 190, "Big5" => 157, "Shift_JIS" => 188, _ => 94 };
        var (lead, trail) = (pointer / row, pointer % row);
        return charset switch
        {
            "EUC-KR" => (lead + 0x81, trail + 0x41),
            "Big5" => (lead + 0x81, trail + (trail < 0x3F ? 0x40 : 0x62)),
            "Shift_JIS" => (lead + (lead < 0x1F ? 0x81 : 0xC1), trail + (trail < 0x3F ? 0x40 : 0x41)),
            "EUC-JP" => (lead + 0xA1, trail + 0xA1),
            _ => (lead + 0x81, trail + (trail < 0x3F ? 0x40 : 0x41)),
        };
    }

    private static bool IsLead(string charset, int value) => charset switch
    {
        "Shift_JIS" => value is (>= 0x81 and <= 0x9F) or (>= 0xE0 and <= 0xFC),
        "EUC-JP" => value is 0x8E or 0x8F or (>= 0xA1 and <= 0xFE),
        _ => value is >= 0x81 and <= 0xFE,
    };

    // Characters that take one byte.
    private static string? Single(string charset, int value) => (charset, value) switch
    {
        (_, < 0x80) => $"{(char)value}",
        ("GBK" or "gb18030", 0x80) => "€",
        ("Shift_JIS", 0x80) => "\x80",
        ("Shift_JIS", >= 0xA1 and <= 0xDF) => $"{(char)(0xFF61 - 0xA1 + value)}",
        _ => null,
    };

    private static string Alone(string charset, int value) => Single(charset, value) ?? Wrong;

    // Whether the byte is the second of four.
    private static bool BeginsLonger(string charset, int trail) => charset is "GBK" or "gb18030" && trail is >= 0x30 and <= 0x39;
}
