namespace SigmoidApi.Http;

/// <summary>The reason why a request was refused, for its log line.</summary>
/// <param name="Text">One short line.</param>
internal sealed record RequestReason(string Text)
{
    private const int MostCharacters = 300;

    /// <summary>
    /// Stores the reason until the request's log line is written. Parts of it come from the caller, so line breaks and control characters become blanks.
    /// </summary>
    public static void Set(HttpContext context, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        var line = string.Create(Math.Min(text.Length, MostCharacters), text, (shown, whole) =>
        {
            for (var i = 0; i < shown.Length; i++)
                shown[i] = char.IsControl(whole[i]) || whole[i] is '\u2028' or '\u2029' ? ' ' : whole[i];
        });
        context.Features.Set(new RequestReason(text.Length > MostCharacters ? line + "…" : line));
    }

    public static string? Of(HttpContext context) => context.Features.Get<RequestReason>()?.Text;
}
