using System.Buffers;
using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace SigmoidApi.Http;

/// <summary>
/// Keeps a caller's text from looking like a log line of its own, or from steering a terminal: control characters, line separators and invisible ones such as
/// marks of direction are written as <c>\u001b</c>.
/// </summary>
internal static class LogText
{
    private static readonly SearchValues<char> Unseen = SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(IsUnseen)]);

    public static void WriteEscaped(this TextWriter output, ReadOnlySpan<char> text)
    {
        // Most lines have nothing else, which is seen in far less time than what of it can't be seen.
        if (!text.ContainsAnyExceptInRange(' ', '~'))
        {
            output.Write(text);
            return;
        }

        for (int at; (at = text.IndexOfAny(Unseen)) >= 0; text = text[(at + 1)..])
        {
            output.Write(text[..at]);
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"));
        }

        output.Write(text);
    }

    private static bool IsUnseen(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

/// <summary>
/// Compact JSON, in which every character that the eye can't see is escaped: JSON itself escapes those below 32 alone, and many readers end a line at others.
/// For one thread at a time.
/// </summary>
internal sealed class JsonLogLine : ITextFormatter
{
    private readonly CompactJsonFormatter _json = new();
    private readonly StringBuilder _line = new();

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using (var writer = new StringWriter(_line, CultureInfo.InvariantCulture) { NewLine = "" })
            _json.Format(logEvent, writer);
        foreach (var chunk in _line.GetChunks())
            output.WriteEscaped(chunk.Span);
        _line.Clear();
        output.Write('\n');
    }
}

/// <summary>A line for a developer. Below it an exception, indented: only what the service says itself begins at the margin.</summary>
internal sealed class PlainLogLine : ITextFormatter
{
    private readonly MessageTemplateTextFormatter _head = new("{Timestamp:HH:mm:ss.fff} {Level:u3} {TraceId} {Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var head = new StringWriter(CultureInfo.InvariantCulture);
        _head.Format(logEvent, head);
        output.WriteEscaped(head.ToString());
        if (logEvent.Properties.TryGetValue("Reason", out var value) && value is ScalarValue { Value: string reason })
        {
            output.Write(' ');
            output.WriteEscaped(reason);
        }

        output.WriteLine();
        if (logEvent.Exception is null)
            return;
        foreach (var line in logEvent.Exception.ToString().AsSpan().EnumerateLines())
        {
            output.Write("    ");
            output.WriteEscaped(line);
            output.WriteLine();
        }
    }
}
