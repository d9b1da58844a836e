namespace SigmoidApi.Tables.Charsets;

/// <summary>Bytes that are not in the charset. Lines count from 1.</summary>
internal readonly record struct TextFault(long Line, string Message);

/// <summary>The text has bytes that are not in its charset. Holds a fault for each of the first lines with faults, and the number of such lines.</summary>
internal sealed class InvalidTextException(IReadOnlyList<TextFault> faults, long lineCount, byte[] start)
    : Exception($"Line {faults[0].Line}: {faults[0].Message}")
{
    /// <summary>The most lines that are reported.</summary>
    public const int MaxFaults = 10;

    public IReadOnlyList<TextFault> Faults => faults;

    public long LineCount => lineCount;

    /// <summary>The first bytes, which may show that the file is not text.</summary>
    public ReadOnlyMemory<byte> Start => start;
}
