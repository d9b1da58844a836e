using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>Apache Parquet, as any writer makes it.</summary>
internal static class ParquetSource
{
    // Older writers do not say that their bytes are texts.
    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken) =>
        TypedSource.Of(session, $"read_parquet({DuckDbSession.Literal(task.Path)}, binary_as_string = true)", task.Types, cancellationToken);

    public static InvalidDatasetException Damaged() =>
        new(1, null, "expected an intact Parquet file; this one is damaged, cut off, encrypted, or has what can't be read");
}
