namespace SigmoidApi.Http.Json;

/// <summary>What one JSON value may hold at most.</summary>
/// <param name="MaxValues">Numbers in one array, matrix or tensor, cells in one table; more are a 413.</param>
/// <param name="MaxDepth">Arrays within arrays of one tensor.</param>
/// <param name="MaxTextBytes">
/// Memory of the different texts in the cells of one table: 64 bytes for each and two for each of its UTF-16 units; more are a 413.
/// </param>
public sealed record JsonLimits(int MaxValues = 5_000_000, int MaxDepth = 32, long MaxTextBytes = 64L << 20)
{
    /// <summary>The setting that <see cref="MaxValues"/> comes from, for messages.</summary>
    internal const string ValuesSetting = "Limits:MaxValues";

    /// <summary>The setting that <see cref="MaxTextBytes"/> comes from, for messages.</summary>
    internal const string TextBytesSetting = "Limits:MaxTextBytes";
}
