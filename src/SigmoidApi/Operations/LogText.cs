using System.Buffers;
using System.Globalization;

namespace SigmoidApi.Operations;

/// <summary>
/// Escapes text for the log, so that a caller's text can't look like another log line or control a terminal: control characters, line separators and invisible
/// characters such as direction marks are written as <c>\u001b</c>.
/// </summary>
internal static class LogText
{
    private static readonly SearchValues<char> Invisible =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(IsInvisible)]);

    public static void WriteEscaped(this TextWriter output, ReadOnlySpan<char> text)
    {
        // Most lines are plain ASCII. This check is much faster than the search for invisible characters.
        if (!text.ContainsAnyExceptInRange(' ', '~'))
        {
            output.Write(text);
            return;
        }

        for (int at; (at = text.IndexOfAny(Invisible)) >= 0; text = text[(at + 1)..])
        {
            output.Write(text[..at]);
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"));
        }

        output.Write(text);
    }

    private static bool IsInvisible(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
