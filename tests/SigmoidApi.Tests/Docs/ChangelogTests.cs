using System.Reflection;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>The changelog begins with what is not released yet, and then has the version of the build.</summary>
public sealed partial class ChangelogTests
{
    [Fact]
    public async Task NewestVersionIsThatOfTheBuild()
    {
        var number = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var headings = Heading.Matches(await Pages.ReadAsync("CHANGELOG.md")).Select(heading => heading.Groups["text"].Value).ToArray();

        headings[0].ShouldBe("Unreleased");
        headings[1].ShouldMatch($@"\A{Regex.Escape(number)} - \d{{4}}-\d\d-\d\d\z");
    }

    [GeneratedRegex("^## (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }
}
