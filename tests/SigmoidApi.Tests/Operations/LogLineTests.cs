using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Parsing;
using SigmoidApi.Operations;

namespace SigmoidApi.Tests.Operations;

/// <summary>A caller's text can't end or begin a log line, or control the terminal that shows it.</summary>
[Trait("Speed", "Slow")]
public sealed class LogLineTests
{
    private const string Forged = "12:00:00.000 INF a forged line";

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task PathCannotForgeALine(string environment)
    {
        await using var service = new ServiceProcess { Environment = environment };
        await service.Start();

        foreach (var separator in (string[])["%0a", "%0d%0a", "%c2%85", "%e2%80%a8", "%0b", "%1b%5b2J", "%c2%9b2J", "%e2%80%ae"])
        {
            (await service.Api.Get($"/api/v1/models/a{separator}{Uri.EscapeDataString(Forged)}")).Expect(HttpStatusCode.NotFound);
            (await service.Api.Get($"/{separator}{Uri.EscapeDataString(Forged)}")).Expect(HttpStatusCode.NotFound);
        }

        await service.Terminate();
        var lines = service.Log.Where(line => line.Contains("a forged line", StringComparison.Ordinal)).ToArray();
        lines.Length.ShouldBe(16);
        foreach (var line in service.Log)
        {
            line.ShouldNotStartWith(Forged);
            line.Any(c => char.IsControl(c) || c is '\u2028' or '\u202e').ShouldBeFalse(line);
        }
    }

    [Fact]
    public void ExceptionIsIndentedInDevelopment()
    {
        var line = Format(new PlainLogLine(), "{Name} failed", "x\n" + Forged, new InvalidOperationException($"no\n{Forged}\u001b[2J\u2028{Forged}"));

        line.Split('\n').Count(part => part.StartsWith(Forged, StringComparison.Ordinal)).ShouldBe(0);
        line.ShouldContain("x\\u000a" + Forged);
        line.ShouldContain("    " + Forged + "\\u001b[2J");
    }

    [Fact]
    public void JsonReadsBackUnchanged()
    {
        const string Name = "a\nb\u0085c\u2028d\u202ee\u001bf\\u000a\"é🂡";
        using var formatter = new JsonLogLine();
        var line = Format(formatter, "{Name}", Name, exception: null);

        line.IndexOf('\n', StringComparison.Ordinal).ShouldBe(line.Length - 1);
        line[..^1].Any(char.IsControl).ShouldBeFalse();
        JsonElement.Parse(line).GetProperty("Name").GetString().ShouldBe(Name);
    }

    /// <summary>Serilog's own formatter is the reference for compact JSON.</summary>
    [Theory]
    [InlineData("GET {RequestPath} in {Elapsed} ms", LogEventLevel.Information)]
    [InlineData("{Elapsed:0.00} of {Missing:000}, {RequestPath,20:l}, a colon: here", LogEventLevel.Warning)]
    [InlineData("{Elapsed} \"quoted\" \\ {{braces}}, a colon: here", LogEventLevel.Error)]
    [InlineData("", LogEventLevel.Fatal)]
    public void JsonEqualsSerilogsOwn(string template, LogEventLevel level)
    {
        LogEventPropertyValue[] values =
        [
            .. Array.ConvertAll<object?, ScalarValue>(
                [
                    null, "a \"quote\"\t\\", 1.0 / 3, double.NaN, 12345678901234567890m, true, 'c', DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1.5),
                    Guid.Empty,
                ],
                value => new ScalarValue(value)),
            new ScalarValue(LogEventLevel.Debug), new SequenceValue([new ScalarValue(1), new ScalarValue("two")]),
            new StructureValue([new("Inner", new ScalarValue(-1))], "Tag"), new DictionaryValue([new(new ScalarValue("key"), new ScalarValue(2L))]),
        ];
        LogEventProperty[] properties =
        [
            new("Elapsed", new ScalarValue(12.345)), new("RequestPath", new ScalarValue("/a")), new("@t", new ScalarValue("a name of the format's own")),
            .. values.Select((value, i) => new LogEventProperty($"Value {i}", value)),
        ];
        var parsed = new MessageTemplateParser().Parse(template);
        var exception = level == LogEventLevel.Error ? new InvalidOperationException("no\nway") : null;
        var at = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.FromHours(9)).AddTicks(1234567);
        LogEvent[] events =
        [
            new(at, level, exception, parsed, properties), new(at, level, exception, parsed, []),
            new(at, level, exception, parsed, properties, ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom()),
        ];
        using var formatter = new JsonLogLine();
        foreach (var logEvent in events)
            Format(formatter, logEvent).ShouldBe(Format(new CompactJsonFormatter(), logEvent));
    }

    private static string Format(ITextFormatter formatter, string template, string name, Exception? exception)
    {
        LogEventProperty[] properties = [new("Name", new ScalarValue(name))];
        var parsed = new MessageTemplateParser().Parse(template);
        return Format(formatter, new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Error, exception, parsed, properties));
    }

    private static string Format(ITextFormatter formatter, LogEvent logEvent)
    {
        using var output = new StringWriter { NewLine = "\n" };
        formatter.Format(logEvent, output);
        return output.ToString();
    }
}
