using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SigmoidApi.Tests.Operations;

[Trait("Speed", "Slow")]
public sealed partial class VersionTests
{
    private static string Number => XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    [Fact]
    public async Task AnswerDocumentAndLogHaveTheVersionOfTheBuild()
    {
        await using var service = await ServiceProcess.Started();

        var version = (await service.Api.Get("/version")).Expect(HttpStatusCode.OK).Json;
        version.GetProperty("version").GetString().ShouldBe(Number);
        version.GetProperty("runtime").GetString().ShouldStartWith(".NET ");
        if (version.TryGetProperty("commit", out var commit))
            commit.GetString()!.ShouldMatch("^[0-9a-f]{7,64}$");
        (await service.Api.Get("/openapi/v1.json")).Json.GetProperty("info").GetProperty("version").GetString().ShouldBe(Number);
        service.Log.ShouldNotBeEmpty();
        foreach (var line in service.Log)
            JsonElement.Parse(line).GetProperty("Version").GetString().ShouldBe(Number);
    }

    [Fact]
    public async Task LabelOfTheImageIsTheVersionOfTheBuild()
    {
        var dockerfile = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "Dockerfile"), TestContext.Current.CancellationToken);

        ArgumentOfImage().Match(dockerfile).Groups["number"].Value.ShouldBe(Number);
    }

    [GeneratedRegex("^ARG VERSION=(?<number>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ArgumentOfImage();
}
