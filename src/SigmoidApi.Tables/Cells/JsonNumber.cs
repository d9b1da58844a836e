namespace SigmoidApi.Tables.Cells;

/// <summary>The grammar of numbers in JSON (RFC 8259, section 6).</summary>
internal static class JsonNumber
{
    /// <summary>Where a text is no number: at a byte that is wrong, or at its end where a digit is lacking; -1 where it is one.</summary>
    /// <param name="text">Of at least one byte.</param>
    /// <param name="isWhole">Whether it is digits, with or without a minus.</param>
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

    /// <summary>Takes digits, of which there must be one.</summary>
    private static bool TakeDigits(ReadOnlySpan<byte> text, ref int i)
    {
        var first = i;
        var length = text[i..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        i = length < 0 ? text.Length : i + length;
        return i > first;
    }
}
