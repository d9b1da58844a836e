using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Clients;

/// <summary>
/// Generates the clients of <c>docs/clients.md</c> by its commands from the document of a running service, compiles them, and runs them against the service.
/// Also runs the linters on the document. <c>./test.sh</c> installs the tools.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class ClientTests(ClientTests.Service service) : IClassFixture<ClientTests.Service>
{
    private const string Document = "docs/clients.md";

    [Theory]
    [InlineData("NSwag", "by-nswag")]
    [InlineData("Kiota", "by-kiota")]
    [InlineData("openapi-typescript", "by-openapi-typescript")]
    [InlineData("hey-api", "by-hey-api")]
    public async Task GeneratedClientCompilesAndReadsTheAnswers(string client, string name)
    {
        var commands = ShellOf(await SectionAsync(Document, client)).ShouldHaveSingleItem();
        var output = await RunAsync(commands.Replace("http://127.0.0.1:5080", service.Address, StringComparison.Ordinal));
        output.ShouldEndWith(await ExpectedAsync(name));

        // The client must have sent only these two fields.
        var request = $$"""{ "datasetId": "{{name}}", "target": "Status" }""";
        var sent = (await service.Api.Get($"training-jobs/{await JobOf(name)}")).Json.GetProperty("request");
        var plain = (await service.Api.Train(request)).GetProperty("request");
        sent.ToString().ShouldBe(plain.ToString());
    }

    [Theory]
    [InlineData("redocly", "Your API description is valid")]
    [InlineData("spectral", "No results with a severity of 'warn' or higher found")]
    public async Task LinterAcceptsTheDocument(string linter, string verdict) =>
        (await RunAsync($"cd tests/clients && npm run --silent {linter}")).ShouldContain(verdict);

    [Theory]
    [InlineData("NSwag", "nswag/Program.cs")]
    [InlineData("Kiota", "kiota/Program.cs")]
    [InlineData("openapi-typescript", "openapi-typescript/main.ts")]
    [InlineData("hey-api", "hey-api/main.ts")]
    public async Task ExamplesAreLinesOfTheTestedProgram(string client, string program)
    {
        var source = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/clients", program), TestContext.Current.CancellationToken);
        var examples = Example.Matches(await SectionAsync(Document, client));
        examples.Count.ShouldBeGreaterThan(1);
        foreach (Match example in examples)
            source.ShouldContain(example.Groups["code"].Value);
    }

    [Fact]
    public async Task BothLanguagesShowTheSameCommandsAndExamples()
    {
        var english = await ReadAsync(Document);
        var korean = await ReadAsync("docs/clients.ko.md");
        CodeBlock.Matches(korean).Select(block => block.Value).ShouldBe(CodeBlock.Matches(english).Select(block => block.Value));
    }

    /// <summary>The expected output of the programs, from the service's answers.</summary>
    private async Task<string> ExpectedAsync(string name)
    {
        var dataset = (await service.Api.Get($"datasets/{name}")).Expect(HttpStatusCode.OK).Json;
        var model = (await service.Api.Get($"models/{name}")).Expect(HttpStatusCode.OK).Json;
        var rows = (await service.Api.Get($"datasets/{name}/rows?limit=3")).Expect(HttpStatusCode.OK).Json.GetProperty("rows");
        var predicted = (await service.Api.Post($"models/{name}/predict", $$"""{ "rows": {{rows}} }""")).Expect(HttpStatusCode.OK).Json;
        var credit = await File.ReadAllBytesAsync(ReferenceData.PathOf("credit.csv"), TestContext.Current.CancellationToken);
        var file = (await service.Api.PostBytes($"models/{name}/predict", credit, "text/csv")).Expect(HttpStatusCode.OK).Text;
        var path = (await service.Api.Get($"models/{name}-path")).Expect(HttpStatusCode.OK).Json;

        var lines = new StringBuilder();
        var columns = dataset.GetProperty("columns").EnumerateArray()
            .Select(column => $"{column.GetProperty("name")} ({column.GetProperty("type")})".ToLowerInvariant());
        Line($"data set: {dataset.GetProperty("rows")} rows of {string.Join(", ", columns)}");
        foreach (var coefficient in model.GetProperty("coefficients").EnumerateArray())
            Line($"coefficient: {coefficient.GetProperty("term")} {coefficient.GetProperty("estimate").GetDouble():F6}, standard error none");
        Line($"log loss: {LogLoss(model, "training"):F6}, validation none");
        var (fits, c) = (path.GetProperty("path").GetArrayLength(), path.GetProperty("selection").GetProperty("c"));
        Line($"path: succeeded, balanced, {fits} fits, c {c}, log loss {LogLoss(path, "validation"):F6}");
        foreach (var (probability, label) in predicted.GetProperty("probabilities").EnumerateArray().Zip(predicted.GetProperty("labels").EnumerateArray()))
            Line($"row: {probability.GetDouble():F6} {label}");
        foreach (var line in file.Split('\n').Take(2))
            Line($"file: {line}");
        Line($"event: succeeded end");
        Line($"problem: 400 target");
        return lines.ToString();

        static double LogLoss(System.Text.Json.JsonElement model, string rows) =>
            model.GetProperty("metrics").GetProperty(rows).GetProperty("logLoss").GetDouble();

        void Line(FormattableString line) => lines.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private async Task<string> JobOf(string name) =>
        (await service.Api.Get($"models/{name}")).Expect(HttpStatusCode.OK).Json.GetProperty("jobId").GetString()!;

    /// <summary>Runs a command in bash from the repository's root. A failure shows its output.</summary>
    private static async Task<string> RunAsync(string script)
    {
        // Output goes to a file: the compiler's server outlives its client and would keep a pipe open.
        var log = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("bash", ["-e", "-c", $"exec > '{log}' 2>&1\n{script}"]) { WorkingDirectory = Repository.Root };
            // Keep generators from checking for updates and from sending usage data.
            start.Environment["KIOTA_OFFLINE_ENABLED"] = "true";
            start.Environment["KIOTA_CLI_TELEMETRY_OPTOUT"] = "true";
            start.Environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true";
            start.Environment["REDOCLY_TELEMETRY"] = "off";
            using var bash = Process.Start(start)!;
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            var output = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
            bash.ExitCode.ShouldBe(0, $"{script}\n{output}");
            return output;
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken);

    private static async Task<string> SectionAsync(string file, string heading)
    {
        var section = (await ReadAsync(file)).Split("\n## ").SingleOrDefault(part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
        return section.ShouldNotBeNull($"{file} has no section '{heading}'");
    }

    private static string[] ShellOf(string section) => [.. Shell.Matches(section).Select(block => block.Groups["script"].Value)];

    [GeneratedRegex("```sh\n(?<script>[^`]*)```")]
    private static partial Regex Shell { get; }

    [GeneratedRegex("```(csharp|ts)\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example { get; }

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock { get; }

    /// <summary>One service for all clients, each with a data set and a model of its own.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private ServiceProcess _process = null!;

        public ApiClient Api => _process.Api;

        public string Address => _process.Address.GetLeftPart(UriPartial.Authority);

        public async ValueTask InitializeAsync() => _process = await ServiceProcess.Started();

        public ValueTask DisposeAsync() => _process.DisposeAsync();
    }
}
