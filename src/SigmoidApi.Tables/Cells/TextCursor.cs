using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>A place in a text of UTF-8 from which it is read on.</summary>
internal ref struct TextCursor(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>In bytes.</summary>
    public readonly int Length => _rest.Length;

    public readonly bool NextIsDigit => _rest is [>= (byte)'0' and <= (byte)'9', ..];

    /// <summary>Whether what is next is ASCII, or nothing.</summary>
    public readonly bool NextIsAscii => _rest.IsEmpty || _rest[0] < 0x80;

    /// <summary>How many bytes the blank takes that a text begins with: a plain one, one that keeps a line together, a thin one, or one as wide as a
    /// digit or an ideograph; 0 for none.</summary>
    public static int BlankAt(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)' ' or (byte)'\t', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0xAF or 0x89 or 0x87, ..] or [0xE3, 0x80, 0x80, ..] => 3,
        _ => 0,
    };

    /// <summary>Takes blanks off the start; whether there were any.</summary>
    public static bool TrimStart(ref ReadOnlySpan<byte> text)
    {
        var before = text.Length;
        while (BlankAt(text) is > 0 and var length)
            text = text[length..];
        return text.Length < before;
    }

    /// <summary>A text without the blanks behind it.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            if (text is [.., (byte)' ' or (byte)'\t'])
                text = text[..^1];
            else if (text is [.., 0xC2, 0xA0])
                text = text[..^2];
            else if (text is [.., 0xE2, 0x80, 0xAF or 0x89 or 0x87] or [.., 0xE3, 0x80, 0x80])
                text = text[..^3];
            else
                return text;
        }
    }

    /// <summary>A text without the blanks around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        TrimStart(ref text);
        return TrimEnd(text);
    }

    /// <summary>The next byte; 0 at the end.</summary>
    public byte Take()
    {
        if (_rest.IsEmpty)
            return 0;
        var next = _rest[0];
        _rest = _rest[1..];
        return next;
    }

    public bool Skip(byte next)
    {
        if (_rest.IsEmpty || _rest[0] != next)
            return false;
        _rest = _rest[1..];
        return true;
    }

    public bool Skip(ReadOnlySpan<byte> next)
    {
        if (!_rest.StartsWith(next))
            return false;
        _rest = _rest[next.Length..];
        return true;
    }

    public bool SkipIgnoringCase(ReadOnlySpan<byte> next)
    {
        if (_rest.Length < next.Length || !(_rest.StartsWith(next) || Ascii.EqualsIgnoreCase(_rest[..next.Length], next)))
            return false;
        _rest = _rest[next.Length..];
        return true;
    }

    /// <summary>Goes over all that is left, where it begins and ends with these.</summary>
    public void SkipTo(char first, char last)
    {
        if (!_rest.IsEmpty && _rest[0] == first && _rest[^1] == last)
            _rest = [];
    }

    /// <summary>Goes over blanks; whether there were any.</summary>
    public bool SkipBlanks()
    {
        var before = _rest.Length;
        while (BlankAt(_rest) is > 0 and var length)
            _rest = _rest[length..];
        return _rest.Length < before;
    }

    /// <summary>Reads a whole number of so many digits, and no more.</summary>
    public bool Digits(int least, int most, out int value, out int count)
    {
        (value, count) = (0, 0);
        while (count < _rest.Length && _rest[count] is >= (byte)'0' and <= (byte)'9' and var digit)
        {
            if (count == most)
                return false;
            value = 10 * value + digit - '0';
            count++;
        }

        if (count < least)
            return false;
        _rest = _rest[count..];
        return true;
    }

    /// <summary>Reads ASCII letters, as many as there are.</summary>
    public ReadOnlySpan<byte> Letters()
    {
        var count = 0;
        while (count < _rest.Length && char.IsAsciiLetter((char)_rest[count]))
            count++;
        var letters = _rest[..count];
        _rest = _rest[count..];
        return letters;
    }
}
