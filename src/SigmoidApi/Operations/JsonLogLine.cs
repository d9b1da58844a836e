using System.Buffers;
using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace SigmoidApi.Operations;

/// <summary>
/// Writes Serilog's compact JSON, without the iterators and strings that Serilog's own formatter allocates for each event. Escapes all invisible characters:
/// JSON only requires it below 32, but many readers end a line at others too. For one thread at a time.
/// </summary>
internal sealed class JsonLogLine : ITextFormatter, IDisposable
{
    /// <summary>Characters that need no escape in JSON.</summary>
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
            // Names that begin with a single @ are reserved for the format.
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

    /// <summary>A buffer for the line, reused by the next one.</summary>
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
