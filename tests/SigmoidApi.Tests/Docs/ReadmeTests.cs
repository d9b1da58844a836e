using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>
/// The commands of each English page are run as they are printed, in one shell and against a fresh service, whose port replaces 5080.
/// They print what the page shows. The Korean page has the same commands and shows the same.
/// With <c>UPDATE_README=1</c> in the environment, the pages get what was printed.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class ReadmeTests
{
    /// <summary>Separates the outputs of the blocks: a character that no output has.</summary>
    private const char Separator = '\u001e';

    public static TheoryData<string> PagesWithCommands => [.. Pages.English.Where(page => Examples.IsMatch(File.ReadAllText(Pages.PathOf(page))))];

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task CommandsPrintWhatThePageShows(string page)
    {
        var text = await Pages.ReadAsync(page);
        await using var service = await ServiceProcess.Started();
        string[] scripts = [.. ScriptsOf(text)];
        var outputs = await RunAsync(scripts.Select(script => script.Replace("127.0.0.1:5080", service.Address.Authority, StringComparison.Ordinal)));

        await HoldAsync(page, text, scripts, outputs);
        var korean = Pages.KoreanOf(page);
        await HoldAsync(korean, await Pages.ReadAsync(korean), scripts, outputs);
    }

    [Fact]
    public void ReadmeAndGuidesHaveCommands() =>
        new[] { "README.md", "docs/api.md", "docs/formats.md", "docs/models.md", "docs/training.md" }
            .Except(PagesWithCommands.Select(row => row.Data)).ShouldBeEmpty();

    private static async Task HoldAsync(string page, string text, string[] scripts, string[] outputs)
    {
        ScriptsOf(text).ShouldBe(scripts, page);
        var isUpdate = Environment.GetEnvironmentVariable("UPDATE_README") == "1";
        var index = 0;
        var renewed = Examples.Replace(text, example =>
        {
            var (script, output) = (example.Groups["script"].Value, outputs[index++]);
            if (!isUpdate)
                Comparable(output).ShouldBe(Comparable(example.Groups["output"].Value), $"{page}: {script}");
            return $"```sh\n{script}```\n" + (output.Length > 0 ? $"```text\n{output.TrimEnd()}\n```\n" : "");
        });
        if (isUpdate)
            await File.WriteAllTextAsync(Pages.PathOf(page), renewed, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> ScriptsOf(string text) => Examples.Matches(text).Select(example => example.Groups["script"].Value);

    /// <summary>What each script prints. They share a shell, so that a later one may use the variables of an earlier one.</summary>
    private static async Task<string[]> RunAsync(IEnumerable<string> scripts)
    {
        var all = string.Concat(scripts.Select(script => $"{script}printf '\\{Convert.ToString(Separator, 8)}'\n"));
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", all]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Replace("\r", "", StringComparison.Ordinal).Split(Separator)[..^1];
    }

    // Ids and times are new in each run; the last digits of a fit depend on the machine's vector width.
    private static string Comparable(string output)
    {
        output = Time.Replace(Uuid.Replace(TraceId.Replace(output, "TRACE"), "UUID"), "TIME");
        output = Number.Replace(output, number => double.Parse(number.Value, CultureInfo.InvariantCulture).ToString("G8", CultureInfo.InvariantCulture));
        return output.Trim();
    }

    [GeneratedRegex(@"```sh\n(?<script>[^`]*curl [^`]*)```\n(```text\n(?<output>[^`]*)```\n)?")]
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
