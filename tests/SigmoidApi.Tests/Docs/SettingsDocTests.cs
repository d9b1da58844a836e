using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>What the documents say of settings and tests is there, and each setting is in the documents.</summary>
public sealed partial class SettingsDocTests
{
    /// <summary>The host filter's, which stands at the top of the configuration as the framework's does.</summary>
    private const string AllowedHosts = "AllowedHosts";

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.ko.md")]
    public async Task EverySettingIsInTheReadme(string file)
    {
        var named = Codes(await Read(file)).ToHashSet(StringComparer.Ordinal);

        Settings().Append(AllowedHosts).Where(setting => !named.Contains(setting)).ShouldBeEmpty(file);
    }

    [Theory]
    [InlineData("docs/security.md")]
    [InlineData("docs/security.ko.md")]
    public async Task SettingsAndTestsThatAreNamedExist(string file)
    {
        var settings = Settings().ToHashSet(StringComparer.Ordinal);
        var tests = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        var named = Codes(await Read(file)).ToArray();

        named.ShouldContain(AllowedHosts);
        named.Where(name => name.EndsWith("Tests", StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal) && !tests.Contains(name)).ShouldBeEmpty(file);
        named.Where(name => Setting.IsMatch(name) && !settings.Contains(name)).ShouldBeEmpty(file);
    }

    [Fact]
    public async Task BothLanguagesNameTheSame() =>
        Codes(await Read("docs/security.ko.md")).Order(StringComparer.Ordinal).ShouldBe(Codes(await Read("docs/security.md")).Order(StringComparer.Ordinal));

    /// <summary>All options that are bound to a section, as <c>Section:Name</c>.</summary>
    private static IEnumerable<string> Settings() =>
        ServiceSettings.All.Where(setting => setting.Property.Name != AllowedHosts).Select(setting => $"{setting.Section}:{setting.Property.Name}");

    private static Task<string> Read(string file) => File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken);

    private static IEnumerable<string> Codes(string text) => Code.Matches(Fenced.Replace(text, "")).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced { get; }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"\A(Http|Limits|Management|Storage|Datasets|Training|Idempotency|Retention):[A-Za-z0-9]+\z")]
    private static partial Regex Setting { get; }
}
