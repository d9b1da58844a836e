using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>The unread rest of a UTF-8 text.</summary>
internal ref struct TextCursor(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>The length of the rest, in bytes.</summary>
    public readonly int Length => _rest.Length;

    public readonly bool NextIsDigit => _rest is [>= (byte)'0' and <= (byte)'9', ..];

    /// <summary>Whether the next character is ASCII, or the text has ended.</summary>
    public readonly bool NextIsAscii => _rest.IsEmpty || _rest[0] < 0x80;

    /// <summary>
    /// The number of bytes of the blank at the start of a text; 0 if there is none. Blanks are space, tab, and the no-break, thin, figure and ideographic
    /// spaces.
    /// </summary>
    public static int BlankAt(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)' ' or (byte)'\t', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0xAF or 0x89 or 0x87, ..] or [0xE3, 0x80, 0x80, ..] => 3,
        _ => 0,
    };

    /// <summary>Removes blanks from the start; returns whether there were any.</summary>
    public static bool TrimStart(ref ReadOnlySpan<byte> text)
    {
        var before = text.Length;
        while (BlankAt(text) is > 0 and var length)
            text = text[length..];
        return text.Length < before;
    }

    /// <summary>A text without the blanks at its end.</summary>
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

    /// <summary>Reads the next byte; 0 at the end.</summary>
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

    /// <summary>Skips the whole rest if it begins and ends with these characters.</summary>
    public void SkipTo(char first, char last)
    {
        if (!_rest.IsEmpty && _rest[0] == first && _rest[^1] == last)
            _rest = [];
    }

    /// <summary>Skips blanks; returns whether there were any.</summary>
    public bool SkipBlanks()
    {
        var before = _rest.Length;
        while (BlankAt(_rest) is > 0 and var length)
            _rest = _rest[length..];
        return _rest.Length < before;
    }

    /// <summary>Reads a whole number; false if it has fewer or more digits than allowed.</summary>
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

    /// <summary>Reads all ASCII letters that follow.</summary>
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
