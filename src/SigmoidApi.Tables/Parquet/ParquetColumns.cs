using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Parquet;

/// <summary>The columns of a Parquet file as DuckDB reads them, and those that can't be columns of a data set.</summary>
internal sealed partial class ParquetColumns
{
    private readonly Dictionary<string, DatasetWarningCode> _leftOut = new(StringComparer.Ordinal);

    /// <param name="session">The session that reads the file.</param>
    /// <param name="path">The file, or the copy that DuckDB should read.</param>
    /// <param name="foreign">The columns of types that DuckDB does not know.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public ParquetColumns(DuckDbSession session, string path, IReadOnlyList<ForeignColumn> foreign, CancellationToken cancellationToken)
    {
        var declared = TypedSource.Declared(session, ParquetSource.Relation(path, bytesAsTexts: false), cancellationToken);
        var wide = foreign.Where(column => column is { IsNested: false, Type: ForeignType.Bytes })
            .ToDictionary(column => column.Column, column => column.Scale);
        foreach (var nested in foreign.Where(column => column is { IsNested: true, Type: ForeignType.Bytes }))
            _leftOut[declared[nested.Column].Name] = DatasetWarningCode.DecimalsLeftOut;
        var binary = declared.Where((column, i) => OfBytes().IsMatch(column.Type) && !wide.ContainsKey(i) && !_leftOut.ContainsKey(column.Name)).ToList();
        string[] flat = [.. binary.Where(column => !TypedSource.IsNested(column.Type)).Select(column => column.Name)];
        var texts = TextBytes.AreTexts(session, ParquetSource.Relation(path, bytesAsTexts: false), flat, cancellationToken);
        foreach (var name in flat.Where((_, i) => !texts[i]))
            _leftOut[name] = DatasetWarningCode.BytesLeftOut;
        foreach (var column in binary.Where(column => TypedSource.IsNested(column.Type) && !HasTexts(session, path, column.Name, cancellationToken)))
            _leftOut[column.Name] = DatasetWarningCode.BytesLeftOut;
        // Older writers do not mark texts as such. DuckDB reads either all bytes of a file as texts or none, and nested bytes become texts only this way.
        var nestedTexts = binary.Where(column => TypedSource.IsNested(column.Type) && !_leftOut.ContainsKey(column.Name)).ToList();
        var asTexts = nestedTexts.Count > 0 && wide.Count + _leftOut.Count == 0
            && !declared.Exists(column => column.Type.StartsWith("GEOMETRY", StringComparison.Ordinal));
        if (!asTexts)
            nestedTexts.ForEach(column => _leftOut[column.Name] = DatasetWarningCode.BytesLeftOut);

        From = ParquetSource.Relation(path, asTexts);
        Columns = TypedSource.Columns(session, From, cancellationToken);
        foreach (var column in foreign.Where(column => !column.IsNested && !column.IsOfBytes))
        {
            var (type, expression) = column.Known(Columns[column.Column].Raw);
            declared[column.Column] = (Columns[column.Column].Name, type);
            Columns[column.Column] = TypedSource.Column(Columns[column.Column].Name, type, expression);
        }

        if (!asTexts)
        {
            foreach (var (i, column) in declared.Index())
            {
                if (wide.TryGetValue(i, out var scale))
                    Columns[i] = WideColumn(Columns[i], scale);
                else if (binary.Contains(column) && !_leftOut.ContainsKey(column.Name))
                    Columns[i] = Columns[i] with { Stored = $"nullif(decode({Columns[i].Raw}), '')" };
            }
        }

        ExactNumbers =
        [
            .. declared
                .Select((column, i) => wide.TryGetValue(i, out var scale)
                    ? ExactNumberColumn.Wide(Columns[i], scale)
                    : ExactNumberColumn.Of(Columns[i], column.Type))
                .OfType<ExactNumberColumn>(),
        ];
    }

    /// <summary>The relation for a FROM clause.</summary>
    public string From { get; }

    /// <summary>All columns, in the order of the file.</summary>
    public SourceColumn[] Columns { get; }

    /// <summary>The columns for the output of predictions. Decimals that DuckDB can't read are left out: it would write other numbers.</summary>
    public IReadOnlyList<SourceColumn> Writable =>
        [.. Columns.Where(column => !_leftOut.TryGetValue(column.Name, out var why) || why != DatasetWarningCode.DecimalsLeftOut)];

    /// <summary>The columns that a data set can't have, and why.</summary>
    public IReadOnlyDictionary<string, DatasetWarningCode> LeftOut => _leftOut;

    public IReadOnlyList<ExactNumberColumn> ExactNumbers { get; }

    private static SourceColumn WideColumn(SourceColumn column, int scale)
    {
        var text = WideDecimals.Expression(column.Raw, scale);
        return column with { Type = StoredType.Real, Stored = $"cast({text} as double)", Raw = text };
    }

    /// <summary>
    /// Whether all bytes within a column of lists or records are texts. DuckDB can read nested bytes only as texts, and fails if any are not valid UTF-8.
    /// </summary>
    private static bool HasTexts(DuckDbSession session, string path, string column, CancellationToken cancellationToken)
    {
        try
        {
            var count = $"count(*) filter (contains(cast({DuckDbSession.Identifier(column)} as varchar), chr(0)))";
            return session.Counts($"select {count} from {ParquetSource.Relation(path, bytesAsTexts: true)}", cancellationToken)[0] == 0;
        }
        catch (DuckDBException exception) when (exception.Message.Contains("UTF8", StringComparison.Ordinal))
        {
            return false;
        }
    }

    // BLOB as a type, not as the name of a field in a record, which a blank follows.
    [GeneratedRegex(@"\bBLOB($|[\[,)])", RegexOptions.CultureInvariant)]
    private static partial Regex OfBytes();
}

/// <summary>A column of exact numbers: whole numbers of any size, or decimals.</summary>
/// <param name="Text">The expression for the digits.</param>
/// <param name="CountInexact">The expression that counts the numbers that float64 can't hold exactly; null if that does not matter.</param>
internal sealed record ExactNumberColumn(string Name, string Text, string? CountInexact)
{
    public static ExactNumberColumn? Of(SourceColumn column, string type)
    {
        if (TypedSource.IsNested(type) || !(type is "BIGINT" or "UBIGINT" or "HUGEINT" or "UHUGEINT" || type.StartsWith("DECIMAL(", StringComparison.Ordinal)))
            return null;
        var isWhole = type.EndsWith(",0)", StringComparison.Ordinal) || type.EndsWith("INT", StringComparison.Ordinal);
        var countInexact = $"count(*) filter (try_cast(cast({column.Raw} as double) as {type}) is distinct from {column.Raw})";
        return new(column.Name, $"cast({column.Raw} as varchar)", isWhole ? countInexact : null);
    }

    public static ExactNumberColumn Wide(SourceColumn column, int scale)
    {
        var whole = $"try_cast({column.Raw} as hugeint)";
        var countInexact = $"count(*) filter ({column.Raw} is not null and coalesce(try_cast(cast({whole} as double) as hugeint) <> {whole}, true))";
        return new(column.Name, column.Raw, scale > 0 ? null : countInexact);
    }
}
