namespace SigmoidApi.Storage;

/// <summary>The database is damaged, or is not the one that this service wrote. The message says what to do.</summary>
public sealed class DamagedDatabaseException(string message) : Exception(message)
{
    /// <summary>The advice to restore a backup, and where that is described.</summary>
    internal const string Restore = "restore a backup (docs/operations.md, \"Backup and restore\")";
}
