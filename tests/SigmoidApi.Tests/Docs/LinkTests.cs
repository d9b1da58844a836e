using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>Links within the repository lead somewhere, and the README's tree of the source is the one on disk.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public async Task EveryRelativeLinkAndAnchorExists()
    {
        var broken = new List<string>();
        var links = 0;
        foreach (var page in Pages.All)
        {
            foreach (Match link in Link.Matches(InlineCode.Replace(await Pages.ReadTextAsync(page), "")))
            {
                var target = Uri.UnescapeDataString(link.Groups["target"].Value);
                if (Elsewhere.IsMatch(target))
                    continue;
                links++;
                if (!await ExistsAsync(page, target))
                    broken.Add($"{page}: {target}");
            }
        }

        broken.ShouldBeEmpty();
        links.ShouldBeGreaterThan(50);
    }

    [Theory]
    [InlineData("README.md", "#two-commands")]
    [InlineData("docs/security.md", "../README.md#two-commands")]
    public async Task AnchorOfAHeadingExists(string page, string target) => (await ExistsAsync(page, target)).ShouldBeTrue();

    [Theory]
    [InlineData("README.md", "#no-such-heading")]
    [InlineData("README.md", "docs/no-such-page.md")]
    [InlineData("docs/security.md", "README.md")]
    public async Task MissingTargetIsFound(string page, string target) => (await ExistsAsync(page, target)).ShouldBeFalse();

    [Fact]
    public async Task ReadmeTreeHasEachRoom()
    {
        var tree = Tree.Match(await Pages.ReadAsync("README.md")).Value;
        foreach (var project in Directory.GetDirectories(Pages.PathOf("src")))
        {
            var rooms = Directory.GetDirectories(project)
                .Where(room => Directory.EnumerateFiles(room, "*.cs", SearchOption.AllDirectories).Any())
                .Select(room => Path.GetFileName(room))
                .Except(["bin", "obj"]);

            tree.ShouldContain($"src/{Path.GetFileName(project)}/");
            rooms.Where(room => !tree.Contains($" {room}/", StringComparison.Ordinal)).ShouldBeEmpty();
        }
    }

    private static async Task<bool> ExistsAsync(string page, string target)
    {
        var parts = target.Split('#', 2);
        var resolved = parts[0].Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.Combine(Path.GetDirectoryName(Pages.PathOf(page))!, parts[0]));
        return Path.Exists(Pages.PathOf(resolved)) && (parts.Length == 1 || (await AnchorsAsync(resolved)).Contains(parts[1]));
    }

    /// <summary>The anchors that forges give to headings: lower case, without punctuation, a hyphen for each blank.</summary>
    private static async Task<IEnumerable<string>> AnchorsAsync(string page) =>
        Heading.Matches(await Pages.ReadTextAsync(page))
            .Select(heading => Punctuation.Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex InlineCode { get; }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"\A([a-z]+:|/)")]
    private static partial Regex Elsewhere { get; }

    [GeneratedRegex(@"^#+ (?<text>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\p{L}\p{N}\p{M} _-]")]
    private static partial Regex Punctuation { get; }

    [GeneratedRegex(@"^```\nsrc/.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Tree { get; }
}
