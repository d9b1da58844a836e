using System.Security.Cryptography;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Datasets;

/// <summary>The two files that a data set is split into. Disposing deletes those that were not published.</summary>
internal sealed class SplitParts(StagedFiles training, StagedFiles test) : IDisposable
{
    private const string IsTest = "is_test_row";

    public DatasetPart Training { get; } = new(training);

    public DatasetPart Test { get; } = new(test);

    public void Write(DuckDbSession session, string parquetPath, Dataset dataset, int[] testRows, DatasetOptions options, CancellationToken cancellationToken)
    {
        var isTest = new bool[dataset.Rows];
        foreach (var row in testRows)
            isTest[row] = true;
        session.Connection.RegisterScalarFunction<long, bool>(IsTest, (rows, result, count) =>
        {
            for (ulong i = 0; i < count; i++)
                result.WriteValue(isTest[rows[0].GetValue<long>(i)], i);
        });
        var stored = new StoredRows(parquetPath, dataset.Columns.Select(column => column.Name));
        var columns = string.Join(", ", dataset.Columns.Select(column => $"{stored[column.Name]} as {DuckDbSession.Identifier(column.Name)}"));
        var types = dataset.Columns.ToDictionary(column => column.Name, column => column.Type, StringComparer.Ordinal);
        foreach (var (part, filter) in new[] { (Training, $"not {IsTest}({StoredRows.Number})"), (Test, $"{IsTest}({StoredRows.Number})") })
        {
            var path = part.Staged.ParquetPath;
            var to = $"{DuckDbSession.Literal(path)} ({DatasetExport.ParquetOptions(dataset.Columns.Count)})";
            session.Execute($"copy (select {columns} from {stored.From} where {filter}) to {to}", cancellationToken);
            part.Rows = part == Test ? testRows.Length : dataset.Rows - testRows.Length;
            var written = TypedSource.Columns(session, StoredRows.Relation(path), cancellationToken);
            var limits = ProfileLimits.Of(options.MemoryMegabytes, options.ExactProfileRows, options.Threads);
            part.Columns = new ColumnProfiler(session, path, part.Rows, limits).Profile(written, types, cancellationToken);
            using var file = File.OpenRead(path);
            (part.Staged.Bytes, part.Staged.Sha256) = (file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
        }
    }

    public void Dispose()
    {
        Training.Staged.Dispose();
        Test.Staged.Dispose();
    }
}

/// <summary>A part of a data set that was split, before it is published.</summary>
internal sealed class DatasetPart(StagedFiles staged)
{
    public StagedFiles Staged => staged;

    public long Rows { get; set; }

    public IReadOnlyList<ColumnProfile> Columns { get; set; } = [];
}
