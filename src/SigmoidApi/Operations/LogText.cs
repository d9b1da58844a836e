using System.Buffers;
using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace SigmoidApi.Operations;

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
/// Serilog's compact JSON, written without the iterators and texts that its own formatter makes for each event. Every character that the eye can't see is
/// escaped: JSON itself escapes those below 32 alone, and many readers end a line at others. For one thread at a time.
/// </summary>
internal sealed class JsonLogLine : ITextFormatter, IDisposable
{
    /// <summary>What JSON has in a text as it is.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except(['"', '\\'])]);

    private readonly JsonValueFormatter _values = new(typeTagName: "$type");
    private readonly LineText _line = new();

    public void Format(LogEvent logEvent, TextWriter output)
    {
        _line.Clear();
        _line.Write("{\"@t\":\"");
        _line.WriteTime(logEvent.Timestamp.UtcDateTime);
        _line.Write("\",\"@mt\":");
        WriteQuoted(logEvent.MessageTemplate.Text);
        // The format of a value, as in {Share:0.00}, follows a colon.
        if (logEvent.MessageTemplate.Text.Contains(':', StringComparison.Ordinal))
            WriteFormatted(logEvent);
        if (logEvent.Level != LogEventLevel.Information)
            WriteText("@l", logEvent.Level.ToString());
        if (logEvent.Exception is { } exception)
            WriteText("@x", exception.ToString());
        if (logEvent.TraceId is { } trace)
            WriteText("@tr", trace.ToHexString());
        if (logEvent.SpanId is { } span)
            WriteText("@sp", span.ToHexString());
        foreach (var (name, value) in logEvent.Properties)
        {
            // Names that begin with one @ are those of the format itself.
            WriteName(name.StartsWith('@') ? "@" + name : name);
            if (value is ScalarValue { Value: string text })
                WriteQuoted(text);
            else
                _values.Format(value, _line);
        }

        _line.Write('}');
        output.WriteEscaped(_line.Text);
        output.Write('\n');
    }

    public void Dispose() => _line.Dispose();

    private void WriteName(string name)
    {
        _line.Write(',');
        WriteQuoted(name);
        _line.Write(':');
    }

    private void WriteText(string name, string text)
    {
        WriteName(name);
        WriteQuoted(text);
    }

    private void WriteQuoted(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            JsonValueFormatter.WriteQuotedJsonString(text, _line);
            return;
        }

        _line.Write('"');
        _line.Write(text);
        _line.Write('"');
    }

    private void WriteFormatted(LogEvent logEvent)
    {
        var formatted = logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().Where(token => token.Format is not null).ToArray();
        if (formatted.Length == 0)
            return;
        WriteName("@r");
        for (var i = 0; i < formatted.Length; i++)
        {
            using var text = new StringWriter(CultureInfo.InvariantCulture);
            formatted[i].Render(logEvent.Properties, text, CultureInfo.InvariantCulture);
            _line.Write(i == 0 ? '[' : ',');
            WriteQuoted(text.ToString());
        }

        _line.Write(']');
    }

    /// <summary>What is written of a line, in memory that the next line uses again.</summary>
    private sealed class LineText : TextWriter
    {
        private readonly ArrayBufferWriter<char> _text = new(1024);

        public LineText()
            : base(CultureInfo.InvariantCulture) => CoreNewLine = [];

        public override Encoding Encoding => Encoding.Unicode;

        public ReadOnlySpan<char> Text => _text.WrittenSpan;

        public void Clear() => _text.ResetWrittenCount();

        public void WriteTime(DateTime time)
        {
            const int Length = 28;
            time.TryFormat(_text.GetSpan(Length), out var written, "O", CultureInfo.InvariantCulture);
            _text.Advance(written);
        }

        public override void Write(char value) => _text.Write([value]);

        public override void Write(string? value) => _text.Write(value);

        public override void Write(char[] buffer, int index, int count) => _text.Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer) => _text.Write(buffer);
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
