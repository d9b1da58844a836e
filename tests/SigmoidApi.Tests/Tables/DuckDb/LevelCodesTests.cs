using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tests.Tables.DuckDb;

public sealed class LevelCodesTests
{
    /// <summary>More levels than are remembered as recent, among them the empty text, whose bits are all 0.</summary>
    [Fact]
    public void LevelsAreNumberedInTheOrderOfTheirFirstOccurrence()
    {
        var levels = new LevelCodes();
        var random = new Random(4);
        string[] texts = [.. Enumerable.Range(0, 20_000).Select(_ => random.Next(3_000)).Select(i => i == 0 ? "" : $"{i % 900}-{i}")];

        var codes = texts.Select(text => levels.CodeOf(Inlined(text))).ToArray();

        levels.Levels.ShouldBe(texts.Distinct());
        codes.Select(code => levels.Levels[code]).ShouldBe(texts);
    }

    /// <summary>The layout of a text of at most 12 bytes.</summary>
    private static ChunkText Inlined(string text)
    {
        var bytes = new byte[16];
        bytes[0] = (byte)text.Length;
        System.Text.Encoding.UTF8.GetBytes(text, bytes.AsSpan(4));
        return new(BitConverter.ToUInt64(bytes, 0), BitConverter.ToUInt64(bytes, 8));
    }
}
