using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Tests.Tables.Charsets;

public sealed class CharsetTests
{
    public static TheoryData<string> Encodings => [.. EncodingStandard.Labels.Keys];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void EveryLabelOfTheStandardNamesItsEncoding(string name)
    {
        foreach (var label in EncodingStandard.Labels[name])
        {
            Charset.Find(label)?.Name.ShouldBe(name, label);
            Charset.Find($"\t{label.ToUpperInvariant()} ")?.Name.ShouldBe(name, label);
        }
    }

    [Fact]
    public void TheStandardHas228Labels() => EncodingStandard.Labels.Sum(encoding => encoding.Value.Length).ShouldBe(228);

    [Theory]
    [InlineData("cp949 ms949 uhc win949 x-windows-949 949 euc_kr EUCKR ks_x_1001 cp51949", "EUC-KR")]
    [InlineData("cp932 MS932 windows-932 sjis-win s_jis mskanji", "Shift_JIS")]
    [InlineData("euc_jp eucJP ujis eucjpms cp51932", "EUC-JP")]
    [InlineData("iso2022_jp cp50220 cp50221", "ISO-2022-JP")]
    [InlineData("cp936 ms936 windows-936 x-mswin-936 euc-cn EUC_CN gb2312_1980", "GBK")]
    [InlineData("cp54936 GB18030-2022", "gb18030")]
    [InlineData("cp950 ms950 x-windows-950 big5_hkscs big5-tw BIG5HKSCS", "Big5")]
    [InlineData("utf8 UTF_8 utf-8-sig utf_8_sig cp65001 utf8mb4 65001", "UTF-8")]
    [InlineData("utf16 UTF_16LE utf-16-le UnicodeLittleUnmarked cp1200", "UTF-16LE")]
    [InlineData("utf_16_be UTF-16BE cp1201", "UTF-16BE")]
    [InlineData("utf-32 UTF_32LE u32 cp12000", "UTF-32LE")]
    [InlineData("utf-32be cp12001", "UTF-32BE")]
    [InlineData("win1252 WIN1252 ms1252 1252 latin-1 ISO8859_1 us-ascii cp819 cp28591", "windows-1252")]
    [InlineData("win1251 Cp1251 windows_1251 x-cp1251", "windows-1251")]
    [InlineData("latin9 ISO8859_15 latin-9 iso.8859-15", "ISO-8859-15")]
    [InlineData("ms874 TIS620 cp874 thai", "windows-874")]
    [InlineData("win866 cp866", "IBM866")]
    [InlineData("koi8r cp20866", "KOI8-R")]
    [InlineData("mac_roman MacRoman cp10000", "macintosh")]
    public void NamesOfOtherSystemsAreKnown(string labels, string name)
    {
        foreach (var label in labels.Split(' '))
            Charset.Find(label)?.Name.ShouldBe(name, label);
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("cp437")]
    [InlineData("johab")]
    [InlineData("cp99999")]
    [InlineData("\u212Boi8-r")]
    [InlineData("-")]
    [InlineData("ebcdic-cp-us")]
    public void UnknownNamesAreNotCharsets(string label)
    {
        Charset.Find(label).ShouldBeNull();
        Charset.TryRead(label, out _, out var problem).ShouldBeFalse();
        problem.ShouldBe("Expected a charset such as utf-8, utf-16le, windows-1252, shift_jis, euc-kr, gb18030 or big5 "
            + $"(any label of the WHATWG Encoding Standard), got {label}.");
    }

    [Theory]
    [InlineData(null, "UTF-8")]
    [InlineData("", "UTF-8")]
    [InlineData("\"\"", "UTF-8")]
    [InlineData("binary", "UTF-8")]
    [InlineData("\"cp949\"", "EUC-KR")]
    [InlineData("\" CP949 \"", "EUC-KR")]
    public void AParameterMayBeMissingQuotedOrBinary(string? parameter, string name)
    {
        Charset.TryRead(parameter, out var charset, out _).ShouldBeTrue();
        charset.Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("iso-2022-kr")]
    [InlineData("hz-gb-2312")]
    [InlineData("replacement")]
    public void ReplacementLabelsAreRefusedWithTheReason(string label)
    {
        Charset.TryRead(label, out _, out var problem).ShouldBeFalse();
        problem.ShouldBe($"The charset {label} is not read: the WHATWG Encoding Standard refuses it for security reasons. Send the text in UTF-8.");
    }
}
