namespace SigmoidApi.Http.Json;

/// <summary>The limits of one JSON value.</summary>
/// <param name="MaxValues">Most numbers in one array, matrix or tensor, or cells in one table; more are a 413.</param>
/// <param name="MaxDepth">Most levels of nested arrays in one tensor.</param>
/// <param name="MaxTextBytes">
/// Most memory of the different texts in one table: 64 bytes for each and two for each of its UTF-16 units; more is a 413.
/// </param>
public sealed record JsonLimits(int MaxValues = 5_000_000, int MaxDepth = 32, long MaxTextBytes = 64L << 20)
{
    /// <summary>The setting that <see cref="MaxValues"/> comes from, for messages.</summary>
    internal const string ValuesSetting = "Limits:MaxValues";

    /// <summary>The setting that <see cref="MaxTextBytes"/> comes from, for messages.</summary>
    internal const string TextBytesSetting = "Limits:MaxTextBytes";
}
