using System.Text.Json;

namespace SigmoidApi.Datasets.Formats;

/// <summary>Looks at a token on a line, counted from 1; false when it has seen enough.</summary>
internal delegate bool TokenReader(ref Utf8JsonReader token, long line);

/// <summary>Reads the tokens of a JSON file of any size, which may hold several values.</summary>
internal static class JsonTokens
{
    private const int BufferBytes = 128 * 1024;

    // As much as a record may have.
    private const int MostTokenBytes = 16 * 1024 * 1024;

    /// <summary>Reads up to the end, or to a text that is longer than any record may be.</summary>
    /// <exception cref="JsonException">The file is malformed; it says on which line, counted from 0.</exception>
    public static void Read(string path, TokenReader read, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[BufferBytes];
        var state = new JsonReaderState(new() { AllowMultipleValues = true, AllowTrailingCommas = true, MaxDepth = 1000 });
        var (filled, line, isLast) = (0, 1L, false);
        while (!isLast)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = file.Read(buffer, filled, buffer.Length - filled);
            isLast = count == 0;
            filled += count;
            var reader = new Utf8JsonReader(buffer.AsSpan(0, filled), isLast, state);
            var counted = 0;
            while (reader.Read())
            {
                line += buffer.AsSpan(counted..(int)reader.TokenStartIndex).Count((byte)'\n');
                counted = (int)reader.TokenStartIndex;
                if (!read(ref reader, line))
                    return;
            }

            var consumed = (int)reader.BytesConsumed;
            line += buffer.AsSpan(counted..consumed).Count((byte)'\n');
            buffer.AsSpan(consumed..filled).CopyTo(buffer);
            filled -= consumed;
            state = reader.CurrentState;
            // A token that fills the buffer is a long text.
            if (filled == MostTokenBytes)
                return;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
        }
    }
}
