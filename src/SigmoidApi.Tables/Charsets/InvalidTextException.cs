namespace SigmoidApi.Tables.Charsets;

/// <summary>Bytes that are not in the charset. Lines count from 1.</summary>
internal readonly record struct TextFault(long Line, string Message);

/// <summary>Text is not in the charset that it is said to be in: the first wrong bytes of the first lines that have any, and how many lines have.</summary>
internal sealed class InvalidTextException(IReadOnlyList<TextFault> faults, long lineCount, byte[] start)
    : Exception($"Line {faults[0].Line}: {faults[0].Message}")
{
    /// <summary>The most lines that are named.</summary>
    public const int MaxFaults = 10;

    public IReadOnlyList<TextFault> Faults => faults;

    public long LineCount => lineCount;

    /// <summary>The first bytes, which may show that it is no text.</summary>
    public ReadOnlyMemory<byte> Start => start;
}
