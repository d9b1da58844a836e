namespace SigmoidApi.Tables.Cells;

/// <summary>The grammar of numbers in JSON (RFC 8259, section 6).</summary>
internal static class JsonNumber
{
    /// <summary>Finds where a text stops being a number: the first wrong byte, or the end if a digit is lacking. -1 if the text is a number.</summary>
    /// <param name="text">At least one byte.</param>
    /// <param name="isWhole">Whether the text consists of digits, with or without a minus.</param>
    public static int FaultOf(ReadOnlySpan<byte> text, out bool isWhole)
    {
        var i = text[0] == (byte)'-' ? 1 : 0;
        var isRight = true;
        if (i < text.Length && text[i] == (byte)'0')
            i++;
        else
            isRight = TakeDigits(text, ref i);
        isWhole = isRight && i == text.Length;
        if (isRight && i < text.Length && text[i] == (byte)'.')
        {
            i++;
            isRight = TakeDigits(text, ref i);
        }

        if (isRight && i < text.Length && text[i] is (byte)'e' or (byte)'E')
        {
            i++;
            if (i < text.Length && text[i] is (byte)'+' or (byte)'-')
                i++;
            isRight = TakeDigits(text, ref i);
        }

        return isRight && i == text.Length ? -1 : i;
    }

    /// <summary>Moves past digits; false if there is none.</summary>
    private static bool TakeDigits(ReadOnlySpan<byte> text, ref int i)
    {
        var first = i;
        var length = text[i..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        i = length < 0 ? text.Length : i + length;
        return i > first;
    }
}
