namespace SigmoidApi.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "SigmoidApi.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests run from within the repository.");
        return directory.FullName;
    }
}
