using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SigmoidApi.Tests.Architecture;

/// <summary>A type of <c>src</c> that a file of <c>src</c> uses. A room is a folder, as <c>Project/Folder</c>.</summary>
public sealed record SourceUse(string File, string Room, string Type, string UsedRoom);

/// <summary>
/// The types that each file of <c>src</c> uses of the others, as the compiler resolves them. Using directives would not show it: a namespace sees those
/// around it
/// without one. Generated code is left out.
/// </summary>
public sealed class SourceUses
{
    /// <summary>What the project files import for all files.</summary>
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Net.Http.Json; global using System.Threading; global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    public IReadOnlyList<SourceUse> Uses { get; } = Read();

    private static List<SourceUse> Read()
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var root = Path.Combine(Repository.Root, "src");
        var trees = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal) && !file.Contains("/Compiled/", StringComparison.Ordinal))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, file)), options, file)).ToArray();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("SigmoidApi", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file));
        // One compilation for the three projects: nothing is run, and each name leads to its file.
        var compilation = CSharpCompilation.Create(
            "src",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, options)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true));
        return [.. trees.AsParallel().SelectMany(tree => UsesOf(tree, compilation.GetSemanticModel(tree))).Distinct()];
    }

    private static IEnumerable<SourceUse> UsesOf(SyntaxTree tree, SemanticModel model)
    {
        var room = RoomOf(tree);
        // Every room is among the results, also one that uses nothing.
        yield return new(tree.FilePath, room, "", room);
        foreach (var node in tree.GetRoot().DescendantNodes(descendIntoTrivia: false))
        {
            if (node is not (SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
                continue;
            var symbol = model.GetSymbolInfo(node).Symbol;
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            while (type?.ContainingType is { } outer)
                type = outer;
            foreach (var used in type?.OriginalDefinition.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree) ?? [])
            {
                if (used.FilePath.Length > 0)
                    yield return new(tree.FilePath, room, type!.Name, RoomOf(used));
            }
        }
    }

    private static string RoomOf(SyntaxTree tree) => Path.GetDirectoryName(tree.FilePath)!;
}
