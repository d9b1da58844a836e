using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Docs;

/// <summary>
/// The Markdown files of the repository, by their paths from its root. The pages for readers are README.md and those of <c>docs</c>; a Korean page
/// lies next to its English one.
/// </summary>
internal static partial class Pages
{
    public static string[] English { get; } = ["README.md", .. In("docs").Where(page => !page.EndsWith(".ko.md", StringComparison.Ordinal))];

    public static string[] Decisions { get; } = [.. In("docs/decisions")];

    /// <summary>Every Markdown file.</summary>
    public static string[] All { get; } =
    [
        .. In(""), .. In(".github"), .. new[] { "docs", "src", "tests" }.SelectMany(folder => In(folder, SearchOption.AllDirectories)),
    ];

    public static string KoreanOf(string english) => Path.ChangeExtension(english, ".ko.md");

    public static string PathOf(string page) => Path.Combine(Repository.Root, page);

    public static Task<string> ReadAsync(string page) => File.ReadAllTextAsync(PathOf(page), TestContext.Current.CancellationToken);

    /// <summary>A page without its blocks of code.</summary>
    public static async Task<string> ReadTextAsync(string page) => CodeBlock.Replace(await ReadAsync(page), "");

    private static IEnumerable<string> In(string folder, SearchOption option = SearchOption.TopDirectoryOnly) =>
        Directory.GetFiles(PathOf(folder), "*.md", option)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(page => !page.Split('/').Any(part => part is "node_modules" or "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock { get; }
}
