using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tables.Charsets;

/// <summary>
/// A charset of uploaded text: every encoding of the WHATWG Encoding Standard except "replacement", and UTF-32. Labels are those of the standard and the
/// further names below, which Windows, Python, Java, MySQL and PHP use. Case, blanks and the characters <c>- _ . :</c> make no difference: <c>euc_kr</c> and
/// <c>ISO8859_2</c> are found too. A Windows code page can also be given by its number, alone or after <c>cp</c>, <c>ms</c>, <c>win</c> or <c>windows</c>.
/// </summary>
internal sealed partial class Charset
{
    private readonly Func<TextDecoder>? _decoder;
    private readonly string _labels;
    private readonly string _furtherNames;
    private readonly int[] _codePages;

    private Charset(string name, Func<TextDecoder>? decoder, string labels = "", string furtherNames = "", params int[] codePages) =>
        (Name, _decoder, _labels, _furtherNames, _codePages) = (name, decoder, labels, furtherNames, codePages);

    public static Charset Utf8 { get; } =
        new("UTF-8", null, "unicode-1-1-utf-8 unicode20utf8 x-unicode20utf8", "utf u8 utf-8-sig utf-8-bom utf8mb3 utf8mb4", 65001);

    public static Charset Utf16 { get; } = new("UTF-16LE", () => new Utf16Decoder(isBigEndian: false),
        "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16", "u16 ucs-2le unicodelittle unicodelittleunmarked x-utf-16le-bom", 1200);

    public static Charset Utf16BigEndian { get; } = new("UTF-16BE", () => new Utf16Decoder(isBigEndian: true),
        "unicodefffe", "ucs-2be unicodebig unicodebigunmarked", 1201);

    public static Charset Utf32 { get; } = new("UTF-32LE", () => new CharacterDecoder<Utf32>(new(isBigEndian: false)),
        "", "utf-32 u32 ucs-4 ucs-4le iso-10646-ucs-4 x-utf-32le-bom", 12000);

    public static Charset Utf32BigEndian { get; } = new("UTF-32BE", () => new CharacterDecoder<Utf32>(new(isBigEndian: true)),
        "", "ucs-4be x-utf-32be-bom", 12001);

    /// <summary>gb18030. GBK is decoded the same way.</summary>
    public static Charset Gb18030 { get; } = new("gb18030", NewGb18030, "", "gb18030-2000 gb18030-2005 gb18030-2022", 54936);

    // The standard lists these labels only to refuse them.
    private static readonly Charset Replacement =
        new("replacement", null, "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr", "hz", 50225, 50227, 52936);

    private static readonly Charset[] All =
    [
        Utf8, Utf16, Utf16BigEndian, Utf32, Utf32BigEndian, Gb18030, Replacement,
        OfIndex("IBM866", "866 cp866 csibm866"),
        OfIndex("ISO-8859-2", "csisolatin2 iso-ir-101 iso_8859-2:1987 l2 latin2", "", 28592),
        OfIndex("ISO-8859-3", "csisolatin3 iso-ir-109 iso_8859-3:1988 l3 latin3", "", 28593),
        OfIndex("ISO-8859-4", "csisolatin4 iso-ir-110 iso_8859-4:1988 l4 latin4", "", 28594),
        OfIndex("ISO-8859-5", "csisolatincyrillic cyrillic iso-ir-144 iso_8859-5:1988", "", 28595),
        OfIndex("ISO-8859-6",
            "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 iso_8859-6:1987", "", 28596),
        OfIndex("ISO-8859-7", "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso_8859-7:1987 sun_eu_greek", "", 28597),
        OfIndex("ISO-8859-8", "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso_8859-8:1988 visual", "", 28598),
        new("ISO-8859-8-I", () => NewSingleByte("iso-8859-8"), "csiso88598i logical", "", 38598),
        OfIndex("ISO-8859-10", "csisolatin6 iso-ir-157 l6 latin6", "", 28600),
        OfIndex("ISO-8859-13", "", "l7 latin7", 28603),
        OfIndex("ISO-8859-14", "", "l8 latin8", 28604),
        OfIndex("ISO-8859-15", "csisolatin9 l9", "latin9", 28605),
        OfIndex("ISO-8859-16", "", "l10 latin10", 28606),
        OfIndex("KOI8-R", "cskoi8r koi koi8", "", 20866),
        OfIndex("KOI8-U", "koi8-ru", "", 21866),
        OfIndex("macintosh", "csmacintosh mac x-mac-roman", "mac-roman", 10000),
        OfIndex("windows-874", "dos-874 iso-8859-11 tis-620", "thai", 874, 28601),
        OfIndex("windows-1250", "cp1250 x-cp1250", "", 1250),
        OfIndex("windows-1251", "cp1251 x-cp1251", "", 1251),
        OfIndex("windows-1252", "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252",
            "latin 8859 646 iso646-us iso_646.irv:1991 ansi_x3.4-1986 us cp367 ibm367 csascii", 1252, 20127, 28591),
        OfIndex("windows-1253", "cp1253 x-cp1253", "", 1253),
        OfIndex("windows-1254", "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso_8859-9:1989 l5 latin5 x-cp1254", "", 1254, 28599),
        OfIndex("windows-1255", "cp1255 x-cp1255", "", 1255),
        OfIndex("windows-1256", "cp1256 x-cp1256", "", 1256),
        OfIndex("windows-1257", "cp1257 x-cp1257", "", 1257),
        OfIndex("windows-1258", "cp1258 x-cp1258", "", 1258),
        OfIndex("x-mac-cyrillic", "x-mac-ukrainian", "mac-cyrillic mac-ukrainian", 10007),
        new("GBK", NewGb18030, "chinese csgb2312 csiso58gb231280 gb2312 gb_2312-80 iso-ir-58 x-gbk",
            "euc-cn x-euc-cn gb2312-1980 eucgb2312-cn csgbk", 936, 20936, 51936),
        new("Big5", () => new CharacterDecoder<Big5>(new(CharsetIndex.Of("big5"))),
            "big5-hkscs cn-big5 csbig5 x-x-big5", "x-big5 big5-tw hkscs big5-hkscs:2004 big5-hkscs:2008", 950, 951),
        new("EUC-JP", () => new CharacterDecoder<EucJp>(new(CharsetIndex.Of("jis0208"), CharsetIndex.Of("jis0212"))),
            "cseucpkdfmtjapanese x-euc-jp", "ujis u-jis eucjpms eucjp-ms eucjp-win", 20932, 51932),
        new("ISO-2022-JP", () => new CharacterDecoder<Iso2022Jp>(new(CharsetIndex.Of("jis0208"))), "csiso2022jp", "jis", 50220, 50221),
        new("Shift_JIS", () => new CharacterDecoder<ShiftJis>(new(CharsetIndex.Of("jis0208"))),
            "csshiftjis ms932 ms_kanji sjis windows-31j x-sjis", "s-jis sjis-win cswindows31j", 932),
        new("EUC-KR", () => new CharacterDecoder<EucKr>(new(CharsetIndex.Of("euc-kr"))),
            "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 windows-949",
            "uhc ksx1001 ks_x_1001 ksc5601-1987 ksc5601-1992 x-euc-kr", 949, 20949, 51949),
        new("x-user-defined", () => new CharacterDecoder<SingleByte>(SingleByte.UserDefined)),
    ];

    private static readonly Dictionary<string, Charset> Labels = All
        .SelectMany(
            charset => $"{charset.Name} {charset._labels} {charset._furtherNames}".Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Plain).Distinct(),
            KeyValuePair.Create)
        .ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    private static readonly Dictionary<int, Charset> CodePages = All
        .SelectMany(charset => charset._codePages, KeyValuePair.Create).ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The name in the standard.</summary>
    public string Name { get; }

    /// <summary>The charset with this label; null if there is none.</summary>
    public static Charset? Find(string label)
    {
        var plain = Plain(label);
        if (Labels.TryGetValue(plain, out var charset))
            return charset;
        return CodePage().Match(plain) is { Success: true } match
            ? CodePages.GetValueOrDefault(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>
    /// Reads the charset parameter of a media type. UTF-8 if there is no parameter, or if it is <c>binary</c>, as <c>file -i</c> reports for Parquet and
    /// compressed files. False with a problem for the caller if the charset is unknown or refused.
    /// </summary>
    public static bool TryRead(string? parameter, out Charset charset, [NotNullWhen(false)] out string? problem)
    {
        var label = parameter ?? "";
        if (label is ['"', .., '"'])
            label = label[1..^1];
        label = label.Trim();
        var found = label.Length == 0 || label.Equals("binary", StringComparison.OrdinalIgnoreCase) ? Utf8 : Find(label);
        charset = found ?? Utf8;
        problem = found is null
            ? "Expected a charset such as utf-8, utf-16le, windows-1252, shift_jis, euc-kr, gb18030 or big5 "
                + $"(any label of the WHATWG Encoding Standard), got {label}."
            : found == Replacement
                ? $"The charset {label} is not read: the WHATWG Encoding Standard refuses it for security reasons. Send the text in UTF-8."
                : null;
        return problem is null;
    }

    /// <summary>A decoder from the charset to UTF-8; null for UTF-8 itself.</summary>
    public TextDecoder? NewDecoder() => _decoder?.Invoke();

    private static Charset OfIndex(string name, string labels, string furtherNames = "", params int[] codePages) =>
        new(name, () => NewSingleByte(name.ToLowerInvariant()), labels, furtherNames, codePages);

    private static CharacterDecoder<SingleByte> NewSingleByte(string index) => new(new(CharsetIndex.Of(index)));

    private static CharacterDecoder<Gb18030> NewGb18030() => new(new(CharsetIndex.Of("gb18030"), CharsetIndex.Of("gb18030-ranges")));

    private static string Plain(string label) =>
        string.Concat(label
            .Where(c => !"-_.: \t\r\n\f".Contains(c, StringComparison.Ordinal))
            .Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c));

    [GeneratedRegex("^x?(?:cp|ms|win|windows|mswin|codepage)?([0-9]{3,5})$", RegexOptions.CultureInvariant)]
    private static partial Regex CodePage();
}
