using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>
/// Each setting is in the tables of settings. The settings, tests, paths and types that the documents name exist. Both languages name the same things.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class SettingsDocTests
{
    /// <summary>The host filter's setting, which is at the top of the configuration as the framework's is.</summary>
    private const string AllowedHosts = "AllowedHosts";

    private const string Security = "docs/security.md";

    /// <summary>Names in CamelCase that are not types of this repository.</summary>
    private static readonly string[] NamesOfOthers =
    [
        "AggressiveOptimization", AllowedHosts, "ApplicationStopping", "BelowNormal", "DbContext", "ETag", "FinishedJobDays", "HistoryDays", "MNLogit",
        "RuntimeIdentifiers", "StandardScaler", "Thread.Priority", "Utf8JsonReader.Position", "VersionPrefix", "VmData",
        // A test's own.
        "DerivativesAreTheLimitOfDifferences",
    ];

    public static TheoryData<string> TranslatedPages => [.. Pages.English];

    /// <summary>CONTRIBUTING.md is not among them: it names files that are yet to be written.</summary>
    public static TheoryData<string> Documents => [.. Pages.English, .. Pages.Decisions];

    [Fact]
    public async Task EverySettingIsInTheTables()
    {
        var named = (await CodesAsync("docs/operations.md")).ToHashSet(StringComparer.Ordinal);

        Settings().Append(AllowedHosts).Where(setting => !named.Contains(setting)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task SettingsTestsAndPathsThatAreNamedExist(string page)
    {
        var settings = Settings().ToHashSet(StringComparer.Ordinal);
        var tests = Directory.GetFiles(Pages.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        var named = await CodesAsync(page);

        named.Where(name => TestClass.IsMatch(name) && !tests.Contains(name)).ShouldBeEmpty(page);
        named.Where(name => Setting.IsMatch(name) && !settings.Contains(name)).ShouldBeEmpty(page);
        named.Where(name => OwnPath.IsMatch(name) && !Path.Exists(Pages.PathOf(name))).ShouldBeEmpty(page);
    }

    [Fact]
    public async Task TypesThatAreNamedExist()
    {
        var types = new[] { "src", "tests" }.SelectMany(folder => Directory.GetFiles(Pages.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Declaration.Matches(File.ReadAllText(file)).Select(type => type.Groups["name"].Value))
            .ToHashSet(StringComparer.Ordinal);

        var missing = new List<string>();
        // The page of clients names types of generated clients.
        foreach (var page in Documents.Select(row => row.Data).Append("CONTRIBUTING.md").Where(page => page != "docs/clients.md"))
        {
            var names = (await CodesAsync(page))
                .Where(name => !name.StartsWith("SigmoidApi", StringComparison.Ordinal) && !NamesOfOthers.Contains(name))
                .Where(name => TypeName.Match(name) is { Success: true } type && !types.Contains(type.Groups["name"].Value));
            missing.AddRange(names.Select(name => $"{page}: {name}"));
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task SecurityPageNamesSettingsAndTests()
    {
        var named = await CodesAsync(Security);

        named.ShouldContain(AllowedHosts);
        named.Count(name => Setting.IsMatch(name)).ShouldBeGreaterThan(20);
        named.Count(name => TestClass.IsMatch(name)).ShouldBeGreaterThan(20);
    }

    [Theory]
    [MemberData(nameof(TranslatedPages))]
    public async Task BothLanguagesNameTheSame(string page) =>
        (await CodesAsync(Pages.KoreanOf(page))).Order(StringComparer.Ordinal)
            .ShouldBe((await CodesAsync(page)).Order(StringComparer.Ordinal), page);

    /// <summary>All options that are bound to a section, as <c>Section:Name</c>.</summary>
    private static IEnumerable<string> Settings() =>
        ServiceSettings.All.Where(setting => setting.Property.Name != AllowedHosts).Select(setting => $"{setting.Section}:{setting.Property.Name}");

    /// <summary>What a page has between backticks.</summary>
    private static async Task<string[]> CodesAsync(string page) =>
        [.. Code.Matches(await Pages.ReadTextAsync(page)).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"\b(class|struct|record|interface|enum|delegate [\w<>?]+) (?<name>[A-Z]\w+)")]
    private static partial Regex Declaration { get; }

    /// <summary>At least two words in CamelCase, perhaps with a type parameter or a member.</summary>
    [GeneratedRegex(@"\A(?<name>[A-Z][a-z0-9]*[A-Z][A-Za-z0-9]*[a-z])(<\w+>)?(\.[A-Za-z.]+)?\z")]
    private static partial Regex TypeName { get; }

    [GeneratedRegex(@"\A[A-Za-z]+Tests\z")]
    private static partial Regex TestClass { get; }

    [GeneratedRegex(@"\A(Http|Limits|Management|Storage|Datasets|Training|Idempotency|Retention):[A-Za-z0-9]+\z")]
    private static partial Regex Setting { get; }

    [GeneratedRegex(@"\A(src|tests|docs|docker)/[^\s*…]+\z")]
    private static partial Regex OwnPath { get; }
}
