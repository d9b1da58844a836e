using System.Text;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Architecture;

/// <summary>
/// Which room (a folder of <c>src</c>) may use which. <see cref="Layers"/> is the rule. <see cref="SourceUses"/> finds what the code does, and
/// docs/architecture.md
/// shows it in pictures.
/// </summary>
public sealed class RoomsTests(SourceUses sources) : IClassFixture<SourceUses>
{
    /// <summary>Set to 1, this writes the pictures to the documents instead of comparing the two.</summary>
    private const string Renew = "RENEW_ROOMS";

    /// <summary>From the lowest to the highest: a room may use those of the lines before its own. Rooms on one line don't use each other.</summary>
    private static readonly string[][] Layers =
    [
        ["SigmoidApi.Compute/Simd", "SigmoidApi.Compute/Decimals"],
        ["SigmoidApi.Compute/Activations/Elementary"],
        ["SigmoidApi.Compute/Activations"],
        ["SigmoidApi.Compute/Data"],
        ["SigmoidApi.Compute/LinearAlgebra"],
        ["SigmoidApi.Compute/Losses"],
        ["SigmoidApi.Compute/Passes"],
        ["SigmoidApi.Compute/Objectives"],
        ["SigmoidApi.Compute/Preprocessing"],
        ["SigmoidApi.Compute/Solvers"],
        ["SigmoidApi.Compute/Inference"],
        ["SigmoidApi.Compute/Evaluation"],
        ["SigmoidApi.Compute/Calibration"],
        ["SigmoidApi.Compute/Regression"],
        ["SigmoidApi.Compute/Inspection", "SigmoidApi.Compute/Explanation"],
        ["SigmoidApi.Tables"],
        ["SigmoidApi.Tables/Bytes"],
        ["SigmoidApi.Tables/Charsets"],
        ["SigmoidApi.Tables/Cells"],
        ["SigmoidApi.Tables/DuckDb"],
        ["SigmoidApi.Tables/Sources"],
        ["SigmoidApi.Tables/Csv", "SigmoidApi.Tables/Json", "SigmoidApi.Tables/Parquet", "SigmoidApi.Tables/Libsvm"],
        ["SigmoidApi.Tables/Formats"],
        ["SigmoidApi.Tables/Rows"],
        ["SigmoidApi.Tables/Profile"],
        ["SigmoidApi.Tables/Import"],
        ["SigmoidApi/Http/Json"],
        ["SigmoidApi/Http/Metadata"],
        ["SigmoidApi/Http"],
        ["SigmoidApi/Http/Access"],
        ["SigmoidApi/Storage"],
        ["SigmoidApi/Idempotency"],
        ["SigmoidApi/Workers"],
        ["SigmoidApi/Functions"],
        ["SigmoidApi/Datasets"],
        ["SigmoidApi/Models"],
        ["SigmoidApi/Serving"],
        ["SigmoidApi/TrainingJobs/Fitting"],
        ["SigmoidApi/TrainingJobs/Queue"],
        ["SigmoidApi/TrainingJobs"],
        ["SigmoidApi/Evaluations", "SigmoidApi/Calibrations", "SigmoidApi/Inspection"],
        ["SigmoidApi/Plots"],
        ["SigmoidApi/Database"],
        ["SigmoidApi/Operations"],
        ["SigmoidApi/OpenApi"],
        ["SigmoidApi"],
    ];

    [Fact]
    public void SourcesAreRead()
    {
        sources.Uses.Count.ShouldBeGreaterThan(2_000);
        sources.Uses.ShouldContain(new SourceUse("SigmoidApi/Database/AllTables.cs", "SigmoidApi/Database", "ModelTables", "SigmoidApi/Models"));
    }

    [Fact]
    public void EachRoomHasItsLayer() =>
        sources.Uses.Select(use => use.Room).Distinct().Order(StringComparer.Ordinal).ShouldBe(Layers.SelectMany(layer => layer).Order(StringComparer.Ordinal));

    [Fact]
    public void EachFileUsesLowerRoomsAlone()
    {
        var layerOf = Layers.Index().SelectMany(layer => layer.Item.Select(room => (room, layer.Index))).ToDictionary(StringComparer.Ordinal);

        sources.Uses.Where(use => use.Room != use.UsedRoom && layerOf[use.UsedRoom] >= layerOf[use.Room])
            .Select(use => $"{use.File} uses {use.Type} of {use.UsedRoom}").ShouldBeEmpty();
    }

    [Fact]
    public void NoRoomUsesOneThatUsesIt() => Circles(Edges()).ShouldBeEmpty();

    /// <summary>The search finds a circle where there is one.</summary>
    [Fact]
    public void CircleIsFound() =>
        Circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]).ShouldBe(["a", "b", "c"]);

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/architecture.ko.md")]
    public async Task PicturesAreOfTheCode(string file)
    {
        var path = Path.Combine(Repository.Root, file);
        var page = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var renewed = Regex.Replace(page, "(?<=<!-- rooms -->\n).*(?=<!-- /rooms -->)", _ => Pictures(), RegexOptions.Singleline);
        renewed.ShouldContain("```mermaid");
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            await File.WriteAllTextAsync(path, renewed, TestContext.Current.CancellationToken);
        else
            page.ShouldBe(renewed, $"{Renew}=1 writes it.");
    }

    private HashSet<(string From, string To)> Edges() =>
        [.. sources.Uses.Where(use => use.Room != use.UsedRoom).Select(use => (use.Room, use.UsedRoom))];

    /// <summary>The nodes that reach themselves.</summary>
    private static IEnumerable<string> Circles(IReadOnlyCollection<(string From, string To)> edges)
    {
        var reached = Reached(edges);
        return reached.Keys.Where(node => reached[node].Contains(node)).Order(StringComparer.Ordinal);
    }

    private static Dictionary<string, HashSet<string>> Reached(IReadOnlyCollection<(string From, string To)> edges)
    {
        var reached = edges.GroupBy(edge => edge.From, edge => edge.To)
            .ToDictionary(group => group.Key, group => group.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        bool grew;
        do
        {
            grew = false;
            foreach (var nodes in reached.Values)
            {
                var before = nodes.Count;
                foreach (var node in nodes.ToArray())
                    nodes.UnionWith(reached.GetValueOrDefault(node, []));
                grew |= nodes.Count > before;
            }
        }
        while (grew);
        return reached;
    }

    /// <summary>A picture of each project, without arrows to other projects and without those that follow from others.</summary>
    private string Pictures()
    {
        var text = new StringBuilder();
        foreach (var project in new[] { "SigmoidApi.Compute", "SigmoidApi.Tables", "SigmoidApi" })
        {
            HashSet<(string From, string To)> edges = [.. Edges().Where(edge => ProjectOf(edge.From) == project && ProjectOf(edge.To) == project)];
            var reached = Reached(edges);
            var direct = edges.Where(edge =>
                !edges.Any(other => other.From == edge.From && other.To != edge.To && reached.GetValueOrDefault(other.To, []).Contains(edge.To)));
            text.Append($"`{project}`\n\n```mermaid\nflowchart BT\n");
            foreach (var (from, to) in direct.Order())
                text.Append($"  {NameOf(from)} --> {NameOf(to)}\n");
            text.Append("```\n\n");
        }

        return text.ToString();
    }

    private static string ProjectOf(string room) => room.Split('/')[0];

    /// <summary>A room as a node: an id without a slash, and a label.</summary>
    private static string NameOf(string room)
    {
        var name = room.Contains('/', StringComparison.Ordinal) ? room[(room.IndexOf('/', StringComparison.Ordinal) + 1)..] : "(root)";
        return $"{name.Replace('/', '_').Trim('(', ')')}[\"{name}\"]";
    }
}
