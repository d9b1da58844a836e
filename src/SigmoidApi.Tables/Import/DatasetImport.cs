using System.Text.Json.Serialization;
using DuckDB.NET.Data;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Formats;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Import;

/// <summary>Converts an uploaded file to the Parquet file of a data set, and profiles it.</summary>
internal static class DatasetImport
{
    /// <exception cref="InvalidDatasetException">The file is not valid in its format.</exception>
    /// <exception cref="DatasetTooLargeException">The file has more rows or columns, or needs more memory, than allowed.</exception>
    public static ImportedDataset Run(ImportTask task, CancellationToken cancellationToken)
    {
        var limits = DuckDbLimits.Of(task.MemoryMegabytes, task.Threads, task.MaxWrittenBytes);
        using var session = new DuckDbSession(task.SpillDirectory, limits, task.File.Progress, task.File.Path, task.ParquetPath);
        var source = DatasetSources.Open(session, task.File, asTexts: false, cancellationToken);
        var names = source.Columns.Select(column => column.Name);
        if (task.File.Types.Keys.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new InvalidDatasetException(
                1, unknown, $"expected a column of the file; 'types' names one that it does not have{NearestName.Hint(unknown, names)}");
        }

        Write(session, source, task, cancellationToken);
        var rows = session.Counts($"select count(*) from {StoredRows.Relation(task.ParquetPath)}", cancellationToken)[0];
        if (rows == 0)
            throw new InvalidDatasetException(1, null, "expected at least one row");
        if (source.Rows is { } counted && counted != rows)
            throw new InvalidDatasetException(1, null, $"the file could be read in two ways: as {counted} rows or as {rows}");
        if (rows > task.File.MaxRows)
            throw new DatasetTooLargeException($"The file has {rows} rows; at most {task.File.MaxRows} are taken (Datasets:MaxRows).");
        var profiler = new ColumnProfiler(session, task.ParquetPath, rows, ProfileLimits.Of(task.MemoryMegabytes, task.ExactProfileRows, task.Threads));
        return new(rows, profiler.Profile(source.Columns, task.File.Types, cancellationToken), DatasetOrigin.Of(source.Form ?? task.File.Format, source));
    }

    private static void Write(DuckDbSession session, DatasetSource source, ImportTask task, CancellationToken cancellationToken)
    {
        try
        {
            var options = DatasetExport.ParquetOptions(source.Columns.Count);
            session.Execute($"copy ({source.Select}) to {DuckDbSession.Literal(task.ParquetPath)} ({options})", cancellationToken);
        }
        catch (DuckDBException)
        {
            throw DatasetSources.Unreadable(session, task.File, cancellationToken);
        }
    }
}

/// <summary>An uploaded file, and the path for its Parquet file.</summary>
internal sealed record ImportTask(
    TableFile File,
    string ParquetPath,
    string SpillDirectory,
    int MemoryMegabytes,
    int Threads,
    int ExactProfileRows,
    long MaxWrittenBytes) : IFileTask
{
    [JsonIgnore]
    public string WrittenPath => ParquetPath;
}

/// <summary>The result of an import.</summary>
public sealed record ImportedDataset(long Rows, IReadOnlyList<ColumnProfile> Columns, DatasetOrigin Origin);
