namespace SigmoidApi.Storage;

/// <summary>The kinds of databases that can store the service's state.</summary>
public enum StorageProvider
{
    Sqlite,
    Postgres,
}
