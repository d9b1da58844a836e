using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Storage;

/// <summary>Where the service keeps what it has promised to keep; section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>The database: <c>Sqlite</c>, a file in <see cref="Directory"/>, or <c>Postgres</c>, by the connection string <c>ConnectionStrings:Sigmoid</c>.</summary>
    [EnumDataType(typeof(StorageProvider))]
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Whether other processes may be at work on the same store.</summary>
    internal bool IsShared => Provider == StorageProvider.Postgres;

    /// <summary>The directory of the data sets' files, and of <c>sigmoid.db</c> with SQLite; made when missing. Replicas on one PostgreSQL share it.</summary>
    [Required]
    public string Directory { get; init; } = "data";

    /// <summary>Longest that a start waits for a database that can't be reached yet, in seconds.</summary>
    [Range(0, 3_600)]
    public int StartWaitSeconds { get; init; } = 60;

    /// <summary>Longest that a start looks through a SQLite database for damage, in seconds; 0 does not look.</summary>
    [Range(0, 3_600)]
    public int CheckSeconds { get; init; } = 5;
}

public enum StorageProvider
{
    Sqlite,
    Postgres,
}
