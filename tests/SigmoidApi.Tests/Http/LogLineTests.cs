using System.Net;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;
using SigmoidApi.Http;

namespace SigmoidApi.Tests.Http;

/// <summary>What a caller sends can't end a line of the log, begin one, or steer the terminal on which it is read.</summary>
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
    public void ExceptionOfADeveloperIsIndented()
    {
        var line = Format(new PlainLogLine(), "{Name} failed", "x\n" + Forged, new InvalidOperationException($"no\n{Forged}\u001b[2J\u2028{Forged}"));

        line.Split('\n').Count(part => part.StartsWith(Forged, StringComparison.Ordinal)).ShouldBe(0);
        line.ShouldContain("x\\u000a" + Forged);
        line.ShouldContain("    " + Forged + "\\u001b[2J");
    }

    [Fact]
    public void JsonReadsBackAsItWas()
    {
        const string Name = "a\nb\u0085c\u2028d\u202ee\u001bf\\u000a\"é🂡";
        var line = Format(new JsonLogLine(), "{Name}", Name, exception: null);

        line.IndexOf('\n', StringComparison.Ordinal).ShouldBe(line.Length - 1);
        line[..^1].Any(char.IsControl).ShouldBeFalse();
        JsonElement.Parse(line).GetProperty("Name").GetString().ShouldBe(Name);
    }

    private static string Format(ITextFormatter formatter, string template, string name, Exception? exception)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var properties = new[] { new LogEventProperty("Name", new ScalarValue(name)) };
        formatter.Format(new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Error, exception, new MessageTemplateParser().Parse(template), properties), output);
        return output.ToString();
    }
}
