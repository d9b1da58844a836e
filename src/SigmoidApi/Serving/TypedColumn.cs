using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Serving;

/// <summary>A column of a file by the type that the file itself says, whatever its values look like.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Type">What the type can be kept as.</param>
/// <param name="Stored">The expression that makes that of it.</param>
/// <param name="Raw">The expression for the column as it is.</param>
/// <param name="IsJson">Whether each cell is a value of JSON, with a type of its own.</param>
/// <param name="IsExact">Whether its numbers may have more digits than float64.</param>
/// <param name="DecimalPoint">The decimal sign that its own texts show; null where they show none.</param>
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
            // An upload takes JSON in Parquet for its texts.
            IsJson = format != DatasetFormat.Parquet && types[column.Name] == "JSON",
            IsExact = types[column.Name] is not ("FLOAT" or "DOUBLE"),
            DecimalPoint = points.GetValueOrDefault(column.Name),
        });
    }
}
