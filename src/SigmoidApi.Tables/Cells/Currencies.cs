using System.Collections.Frozen;
using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>The currency codes and signs before or after an amount: the codes of ISO 4217 and the signs and abbreviations that people write instead.</summary>
internal static class Currencies
{
    private const int CodeLength = 3;

    private static readonly FrozenSet<int> Codes = Each(
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY "
        + "COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR "
        + "IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR "
        + "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD "
        + "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD "
        + "XOF XPF YER ZAR ZMW ZWG")
        .Select(code => CodeOf(Encoding.ASCII.GetBytes(code))).ToFrozenSet();

    // Each sign with the code of its currency, or with a code of its own if it is ambiguous: twenty currencies use $. A longer sign comes before the shorter
    // sign that it begins with.
    private static readonly (byte[] Text, int Currency)[] Signs =
    [
        .. Each(
            "USD$:USD $US:USD US$:USD U$S:USD U$:USD CA$:CAD AU$:AUD NZ$:NZD HK$:HKD NT$:TWD MX$:MXN CN¥:CNY JP¥:JPY C$:CAD A$:AUD S$:SGD R$:BRL "
            + "$:$-- ＄:$-- ¥:¥- ￥:¥- €:EUR £:GBP ￡:GBP ¢:¢-- ￠:¢-- ₩:KRW ￦:KRW 원:KRW 円:JPY 元:CNY ₹:INR ₽:RUB "
            + "руб.:RUB руб:RUB ₺:TRY ₫:VND đ:VND ₴:UAH грн:UAH ₪:ILS "
            + "₦:NGN ₱:PHP ฿:THB ₡:CRC ₲:PYG GH₵:GHS ₵:GHS ₸:KZT ₼:AZN ₾:GEL ֏:AMD ؋:AFN ৳:BDT ៛:KHR ₭:LAK ₮:MNT ₿:BTC ﷼:IRR "
            + "zł:PLN Kč:CZK Ft:HUF лв.:BGN лв:BGN SFr.:CHF Fr.:CHF kr.:kr- kr:kr- Kr.:kr- Kr:kr- Rs.:Rs- Rs:Rs- Rp.:IDR Rp:IDR RM:MYR TL:TRY lei:RON "
            + "S/.:PEN S/:PEN KSh:KES RMB:CNY Php:PHP din.:RSD euros:EUR Euros:EUR euro:EUR Euro:EUR eur:EUR usd:USD gbp:GBP chf:CHF")
            .Select(sign => sign.Split(':'))
            .Select(sign => (Encoding.UTF8.GetBytes(sign[0]), CodeOf(Encoding.UTF8.GetBytes(sign[1])))),
    ];

    // Indexed by first and last byte, because most texts begin and end with none of these bytes.
    private static readonly (byte[] Text, int Currency)[][] SignsByFirst = By(sign => sign[0]);
    private static readonly (byte[] Text, int Currency)[][] SignsByLast = By(sign => sign[^1]);

    // Amounts in these currencies use commas for thousands and never as the decimal sign: ₩12,000 is not twelve.
    private static readonly FrozenSet<int> EastAsian = Each("KRW JPY CNY TWD HKD ¥-").Select(code => CodeOf(Encoding.UTF8.GetBytes(code))).ToFrozenSet();

    /// <summary>Whether a comma between the digits of an amount is never decimal.</summary>
    public static bool IsEastAsian(int currency) => EastAsian.Contains(currency);

    /// <summary>Takes a currency from the start of a text; returns 0 if there is none.</summary>
    /// <param name="text">The text; on return the part after the currency.</param>
    /// <param name="isCode">Whether the currency is written in letters, which may also begin a key: <c>TOP100</c>.</param>
    public static int TakeFirst(ref ReadOnlySpan<byte> text, out bool isCode)
    {
        isCode = false;
        foreach (var (sign, currency) in text.IsEmpty ? [] : SignsByFirst[text[0]])
        {
            if (!text.StartsWith(sign))
                continue;
            // A word may begin like a currency: leil begins with lei.
            if (text.Length > sign.Length && char.IsAsciiLetter((char)sign[^1]) && char.IsAsciiLetter((char)text[sign.Length]))
                continue;
            text = text[sign.Length..];
            isCode = char.IsAsciiLetter((char)sign[^1]);
            return currency;
        }

        isCode = text.Length > CodeLength && Codes.Contains(CodeOf(text)) && !char.IsAsciiLetter((char)text[CodeLength]);
        return isCode ? Cut(ref text, ..CodeLength, CodeLength..) : 0;
    }

    /// <summary>Takes a currency from the end of a text; returns 0 if there is none.</summary>
    /// <param name="text">The text; on return the part before the currency.</param>
    /// <param name="isCode">Whether the currency is an ISO code.</param>
    public static int TakeLast(ref ReadOnlySpan<byte> text, out bool isCode)
    {
        isCode = false;
        foreach (var (sign, currency) in text.IsEmpty ? [] : SignsByLast[text[^1]])
        {
            if (!text.EndsWith(sign))
                continue;
            if (text.Length > sign.Length && char.IsAsciiLetter((char)sign[0]) && char.IsAsciiLetter((char)text[^(sign.Length + 1)]))
                continue;
            text = text[..^sign.Length];
            return currency;
        }

        isCode = text.Length > CodeLength && Codes.Contains(CodeOf(text[^CodeLength..])) && !char.IsAsciiLetter((char)text[^(CodeLength + 1)]);
        return isCode ? Cut(ref text, ^CodeLength.., ..^CodeLength) : 0;
    }

    private static (byte[] Text, int Currency)[][] By(Func<byte[], byte> key)
    {
        var signs = Signs.ToLookup(sign => key(sign.Text));
        return [.. Enumerable.Range(0, 256).Select(value => signs[(byte)value].ToArray())];
    }

    private static int Cut(ref ReadOnlySpan<byte> text, Range code, Range rest)
    {
        var currency = CodeOf(text[code]);
        text = text[rest];
        return currency;
    }

    private static int CodeOf(ReadOnlySpan<byte> text) => text[0] << 16 | text[1] << 8 | text[2];

    private static string[] Each(string list) => list.Split(' ');
}
