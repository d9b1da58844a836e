namespace SigmoidApi.Database;

/// <summary>The script of all migrations of a store, <c>Database/*/Migrations/script.sql</c>. A test renews it and compares it with the migrations.</summary>
internal static class EmbeddedScript
{
    public static string Read(string store)
    {
        using var script = new StreamReader(typeof(EmbeddedScript).Assembly.GetManifestResourceStream($"{store}.sql")!);
        return script.ReadToEnd();
    }
}
