using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Serving;

/// <summary>A column of a file with the type that the file declares, whatever its values look like.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The type that the column can be stored as.</param>
/// <param name="Stored">The SQL expression that converts the column to this type.</param>
/// <param name="Raw">The SQL expression for the unchanged column.</param>
/// <param name="IsJson">Whether each cell is a JSON value, with a type of its own.</param>
/// <param name="IsExact">Whether its numbers may have more digits than float64.</param>
/// <param name="DecimalPoint">The decimal sign that its texts show; null if they show none.</param>
internal sealed record TypedColumn(
    string Name, StoredType Type, string Stored, string Raw, bool IsJson = false, bool IsExact = false, char? DecimalPoint = null)
{
    public static TypedColumn Of(SourceColumn column) => new(column.Name, column.Type, column.Stored, column.Raw);

    public static IEnumerable<TypedColumn> Of(DuckDbSession session, DatasetFormat format, DatasetSource source, CancellationToken cancellationToken)
    {
        if (format == DatasetFormat.Csv)
            return source.Columns.Select(column => new TypedColumn(column.Name, StoredType.Text, column.Raw, column.Raw, DecimalPoint: column.DecimalPoint));
        if (format == DatasetFormat.Libsvm)
            return source.Columns.Select(Of);
        var types = TypedSource.Declared(session, source.From, cancellationToken)
            .ToDictionary(column => column.Name, column => column.Type, StringComparer.Ordinal);
        var points = source.Columns.ToDictionary(column => column.Name, column => column.DecimalPoint, StringComparer.Ordinal);
        return (source.Typed ?? TypedSource.Columns(session, source.From, cancellationToken)).Select(column => Of(column) with
        {
            // In Parquet, a column of JSON is read as text, as in an upload.
            IsJson = format != DatasetFormat.Parquet && types[column.Name] == "JSON",
            IsExact = types[column.Name] is not ("FLOAT" or "DOUBLE"),
            DecimalPoint = points.GetValueOrDefault(column.Name),
        });
    }
}
