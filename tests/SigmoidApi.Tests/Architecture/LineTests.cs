namespace SigmoidApi.Tests.Architecture;

/// <summary>What RCS0056 does not see of the line length: comments and long texts.</summary>
public sealed class LineTests
{
    private const int MaxColumns = 160;

    /// <summary>Folders of generated code.</summary>
    private static readonly string[] Generated = ["/Migrations/", "/Compiled/", "/obj/"];

    [Fact]
    public void LinesOfCodeAndItsCommentsAreWithin160Columns()
    {
        var files = (string[])
        [
            .. from folder in (string[])["src", "tests"]
               from file in Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
               where !Generated.Any(folder => file.Contains(folder, StringComparison.Ordinal))
               select file,
        ];

        files.Length.ShouldBeGreaterThan(700);
        files.SelectMany(file => File.ReadLines(file).Index().Where(line => line.Item.Length > MaxColumns).Select(line => $"{file}:{line.Index + 1}"))
            .ShouldBeEmpty();
    }
}
