using System.Text.Json;

namespace SigmoidApi.Datasets.Formats;

/// <summary>Tells by its bytes what a file that is said to be JSON is.</summary>
internal static class JsonForm
{
    // 2^53, up to which float64 holds every whole number, has as many.
    private const int LongDigits = 16;
    private const int WindowBytes = 1024 * 1024;

    /// <summary>An array, or lines: these are taken where an array is said, too.</summary>
    /// <exception cref="InvalidDatasetException">The file is neither.</exception>
    public static DatasetFormat Of(string path, DatasetFormat said, CancellationToken cancellationToken)
    {
        if (said == DatasetFormat.NdJson)
            return said;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return FirstByte(file) switch
        {
            0 => throw new InvalidDatasetException(1, null, "expected a JSON array of records; the file is empty"),
            '[' => LastByte(file) == ']' ? said : throw new InvalidDatasetException(1, null, "expected a JSON array of records; this one never ends"),
            '{' => HasSecondRecord(path, cancellationToken)
                ? DatasetFormat.NdJson
                : throw new InvalidDatasetException(1, null, "expected an array of records, or JSON lines (application/x-ndjson); this is one object"),
            _ => throw new InvalidDatasetException(1, null, "expected a JSON array of records; this is no JSON"),
        };
    }

    /// <summary>
    /// Whether whole numbers of at least <see cref="LongDigits"/> digits may be in the file. So many digits cover one byte of as many, so that only each sixteenth is looked at.
    /// </summary>
    public static bool MayHaveLongIntegers(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var window = new byte[Math.Min(WindowBytes, file.Length + 1)];
        var kept = 0;
        while (file.ReadAtLeast(window.AsSpan(kept), window.Length - kept, throwOnEndOfStream: false) is > 0 and var count)
        {
            var text = window.AsSpan(0, kept + count);
            for (var i = LongDigits - 1; i < text.Length; i += LongDigits)
            {
                if (char.IsAsciiDigit((char)text[i]) && IsLongInteger(text, i))
                    return true;
            }

            // What may go on behind the window is seen whole in the next.
            kept = Math.Min(2 * LongDigits, text.Length);
            text[^kept..].CopyTo(window);
        }

        return false;
    }

    private static bool IsLongInteger(ReadOnlySpan<byte> text, int place)
    {
        var first = text[..place].LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        var length = text[place..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var end = length < 0 ? text.Length : place + length;
        return end - first >= LongDigits && (first == 0 || text[first - 1] is (byte)'-' or (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n');
    }

    private static bool HasSecondRecord(string path, CancellationToken cancellationToken)
    {
        var records = 0;
        try
        {
            JsonTokens.Read(path, (ref Utf8JsonReader token, long _) => token.CurrentDepth > 0 || token.TokenType != JsonTokenType.StartObject || ++records < 2, cancellationToken);
        }
        catch (JsonException)
        {
            // Found again where the records are read.
        }

        return records > 1;
    }

    private static int FirstByte(FileStream file)
    {
        file.Position = 0;
        int value;
        while ((value = file.ReadByte()) is ' ' or '\t' or '\r' or '\n')
        {
        }

        return Math.Max(value, 0);
    }

    /// <summary>The last byte that is no white space.</summary>
    private static int LastByte(FileStream file)
    {
        for (var position = file.Length - 1; position >= 0; position--)
        {
            file.Position = position;
            if (file.ReadByte() is not (' ' or '\t' or '\r' or '\n') and var last)
                return last;
        }

        return 0;
    }
}
