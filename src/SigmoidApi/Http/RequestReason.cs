namespace SigmoidApi.Http;

/// <summary>Why a request was refused, for its line in the log.</summary>
/// <param name="Text">One short line.</param>
internal sealed record RequestReason(string Text)
{
    private const int MostCharacters = 300;

    /// <summary>
    /// Keeps the reason until the request's line is written. Callers choose parts of it, so characters that could begin another line become blanks.
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
