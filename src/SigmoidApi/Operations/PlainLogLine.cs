using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace SigmoidApi.Operations;

/// <summary>Writes a line for developers. An exception follows indented, so that only log events begin at the margin.</summary>
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
