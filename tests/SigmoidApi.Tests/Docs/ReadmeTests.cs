using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>
/// The READMEs' curl lines, run as they are printed, against a fresh service (whose port takes the place of 5080), and what they print beside what the README shows.
/// With <c>UPDATE_README=1</c> in the environment, the README gets what was printed.
/// </summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.ko.md")]
    public async Task CurlLinesPrintWhatTheReadmeShows(string file)
    {
        var path = Path.Combine(Repository.Root, file);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await using var service = await ServiceProcess.Started();
        var examples = Examples.Matches(text);
        examples.Count.ShouldBeGreaterThan(4);

        var renewed = text;
        foreach (Match example in examples)
        {
            var output = await RunAsync(example.Groups["script"].Value.Replace("127.0.0.1:5080", service.Address.Authority, StringComparison.Ordinal));
            if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
                renewed = renewed.Replace(example.Value, $"```sh\n{example.Groups["script"].Value}```\n```text\n{output.TrimEnd()}\n```\n", StringComparison.Ordinal);
            else
                Comparable(output).ShouldBe(Comparable(example.Groups["output"].Value), $"{file}: {example.Groups["script"].Value}");
        }

        if (renewed != text)
            await File.WriteAllTextAsync(path, renewed, TestContext.Current.CancellationToken);
    }

    private static async Task<string> RunAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Replace("\r", "", StringComparison.Ordinal);
    }

    // Ids and times are new in each run; the last digits of a fit are those of the machine's vector width.
    private static string Comparable(string output)
    {
        output = Time.Replace(Uuid.Replace(TraceId.Replace(output, "TRACE"), "UUID"), "TIME");
        output = Number.Replace(output, number => double.Parse(number.Value, CultureInfo.InvariantCulture).ToString("G8", CultureInfo.InvariantCulture));
        return output.Trim();
    }

    [GeneratedRegex(@"```sh\n(?<script>[^`]*curl [^`]*)```\n```text\n(?<output>[^`]*)```\n")]
    private static partial Regex Examples { get; }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid { get; }

    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex TraceId { get; }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.+]+Z?")]
    private static partial Regex Time { get; }

    [GeneratedRegex(@"\d+\.\d+([Ee][+-]?\d+)?")]
    private static partial Regex Number { get; }
}
