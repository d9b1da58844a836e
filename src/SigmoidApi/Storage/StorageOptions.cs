using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Storage;

/// <summary>Where the service stores its state; section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>
    /// The database: <c>Sqlite</c>, a file in <see cref="Directory"/>, or <c>Postgres</c>, with the connection string <c>ConnectionStrings:Sigmoid</c>.
    /// </summary>
    [EnumDataType(typeof(StorageProvider))]
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Whether other processes may use the same store.</summary>
    internal bool IsShared => Provider == StorageProvider.Postgres;

    /// <summary>The directory of the data sets' files, and of <c>sigmoid.db</c> with SQLite; created if missing. Replicas on one PostgreSQL share it.</summary>
    [Required]
    public string Directory { get; init; } = "data";

    /// <summary>Longest time that a start waits for a database that can't be reached yet, in seconds.</summary>
    [Range(0, 3_600)]
    public int StartWaitSeconds { get; init; } = 60;

    /// <summary>Longest time that a start checks a SQLite database for damage, in seconds; 0 skips the check.</summary>
    [Range(0, 3_600)]
    public int CheckSeconds { get; init; } = 5;
}
