namespace SigmoidApi.Tables.Charsets;

/// <summary>ISO-2022-JP: seven-bit bytes whose meaning depends on escape sequences.</summary>
/// <param name="jis0208">The index.</param>
internal struct Iso2022Jp(int[] jis0208) : ICharacterReader
{
    private const byte Escape = 0x1B;

    private Set _set;

    // The standard makes two escape sequences in a row an error, because they can hide text.
    private bool _hasJustEscaped;

    private enum Set
    {
        Ascii,
        Roman,
        Katakana,
        Jis0208,
    }

    public static bool IsAsciiCompatible => false;

    public CharacterRead Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == Escape)
            return ReadEscape(bytes);
        if (_set == Set.Jis0208 && bytes[0] is >= 0x21 and <= 0x7E && bytes.Length < 2)
            return CharacterRead.Incomplete;
        _hasJustEscaped = false;
        var first = bytes[0];
        return _set switch
        {
            Set.Katakana => first is >= 0x21 and <= 0x5F ? CharacterRead.Of(1, 0xFF61 - 0x21 + first) : CharacterRead.Wrong(1, 1),
            Set.Jis0208 when first is < 0x21 or > 0x7E => CharacterRead.Wrong(1, 1),
            Set.Jis0208 => ReadPair(first, bytes[1]),
            _ when first is 0x0E or 0x0F or > 0x7F => CharacterRead.Wrong(1, 1),
            Set.Roman when first == 0x5C => CharacterRead.Of(1, '¥'),
            Set.Roman when first == 0x7E => CharacterRead.Of(1, '‾'),
            _ => CharacterRead.Of(1, first),
        };
    }

    private readonly CharacterRead ReadPair(byte lead, byte trail)
    {
        // An escape sequence in the middle of a pair still takes effect.
        if (trail == Escape)
            return CharacterRead.Wrong(2, 1);
        var codePoint = trail is >= 0x21 and <= 0x7E ? CharsetIndex.At(jis0208, ((lead - 0x21) * 94) + trail - 0x21) : 0;
        return codePoint != 0 ? CharacterRead.Of(2, codePoint) : CharacterRead.Wrong(2, 2);
    }

    private CharacterRead ReadEscape(ReadOnlySpan<byte> bytes)
    {
        Set? set = bytes switch
        {
            [_, (byte)'(', (byte)'B', ..] => Set.Ascii,
            [_, (byte)'(', (byte)'J', ..] => Set.Roman,
            [_, (byte)'(', (byte)'I', ..] => Set.Katakana,
            [_, (byte)'$', (byte)'@' or (byte)'B', ..] => Set.Jis0208,
            _ => null,
        };
        if (set is null && bytes is [_] or [_, (byte)'(' or (byte)'$'])
            return CharacterRead.Incomplete;
        var isSecond = _hasJustEscaped;
        _hasJustEscaped = set is not null;
        if (set is null)
            return CharacterRead.Wrong(bytes[1] is (byte)'(' or (byte)'$' ? 3 : 2, 1);
        _set = set.Value;
        return isSecond ? CharacterRead.Wrong(3, 3) : new(3, 3, CharacterRead.None);
    }
}
