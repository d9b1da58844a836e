using System.Globalization;
using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>What formats that have types of their own share: DuckDB's types become those that are kept.</summary>
internal static class TypedSource
{
    /// <param name="session">What reads the file.</param>
    /// <param name="from">The relation whose columns they are.</param>
    /// <param name="types">What the upload says about columns, by name.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static DatasetSource Of(DuckDbSession session, string from, IReadOnlyDictionary<string, ColumnType> types, CancellationToken cancellationToken)
    {
        var columns = Columns(session, from, cancellationToken);
        if (columns.Length == 0)
            throw new InvalidDatasetException(1, null, "expected at least one column");
        FindDates(session, from, columns, types, cancellationToken);
        for (var i = 0; i < columns.Length; i++)
        {
            if (types.TryGetValue(columns[i].Name, out var wanted))
                columns[i] = Converted(session, from, columns[i], wanted, cancellationToken);
        }

        return new(from, columns);
    }

    /// <summary>The columns of a relation by their types alone.</summary>
    public static SourceColumn[] Columns(DuckDbSession session, string from, CancellationToken cancellationToken) =>
        [.. session.Rows($"describe select * from {from}", cancellationToken).Select(row => Column((string)row[0]!, (string)row[1]!))];

    private static SourceColumn Column(string name, string type)
    {
        var column = DuckDbSession.Identifier(name);
        var plain = type.Split('(')[0];
        return plain switch
        {
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" when !IsNested(type) =>
                new(name, StoredType.Whole, $"cast({column} as bigint)", column),
            "UBIGINT" or "HUGEINT" or "UHUGEINT" or "DECIMAL" or "BIGNUM" when !IsNested(type) => new(name, StoredType.Real, $"cast({column} as double)", column),
            // NaN is how many writers write a missing value.
            "FLOAT" or "DOUBLE" when !IsNested(type) => new(name, StoredType.Real, $"nullif(cast({column} as double), 'nan'::double)", column),
            "BOOLEAN" when !IsNested(type) => new(name, StoredType.Boolean, column, column),
            "DATE" when !IsNested(type) => new(name, StoredType.Date, column, column),
            "TIMESTAMP WITH TIME ZONE" when !IsNested(type) => new(name, StoredType.Time, $"({column} at time zone 'UTC')", column),
            "TIMESTAMP" or "TIMESTAMP_NS" or "TIMESTAMP_MS" or "TIMESTAMP_S" when !IsNested(type) => new(name, StoredType.Time, $"cast({column} as timestamp)", column),
            // A JSON text without its quotes.
            "JSON" when !IsNested(type) => new(name, StoredType.Text, $"nullif({column} ->> '$', '')", column),
            "VARCHAR" or "UUID" or "TIME" or "INTERVAL" or "ENUM" when !IsNested(type) => new(name, StoredType.Text, $"nullif(cast({column} as varchar), '')", column),
            _ => new(name, StoredType.Text, $"cast(to_json({column}) as varchar)", column),
        };
    }

    /// <summary>Whether a type of DuckDB's is one of lists, records or maps.</summary>
    public static bool IsNested(string type) => type.EndsWith(']') || type.StartsWith("STRUCT", StringComparison.Ordinal) || type.StartsWith("MAP", StringComparison.Ordinal);

    /// <summary>Texts that are dates, all of them, become dates, as in separated values.</summary>
    private static void FindDates(DuckDbSession session, string from, SourceColumn[] columns, IReadOnlyDictionary<string, ColumnType> types, CancellationToken cancellationToken)
    {
        int[] texts = [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].Type is StoredType.Text && (!types.TryGetValue(columns[i].Name, out var wanted) || wanted is ColumnType.DateTime))];
        // A look at the first rows first, so that a column of words costs no pass.
        int[] likely = [.. Dates(session, $"(select * from {from} limit 1000)", columns, texts, cancellationToken).Keys];
        foreach (var (i, (type, _)) in Dates(session, from, columns, likely, cancellationToken))
            columns[i] = columns[i] with { Type = type, Stored = session.Written.Expression(columns[i].Stored, type, WrittenConvention.Default, MissingWords.Default) };
    }

    /// <summary>Those of some columns that have dates and nothing else, and how they are written.</summary>
    private static Dictionary<int, (StoredType Type, WrittenDateForms Forms)> Dates(DuckDbSession session, string from, SourceColumn[] columns, int[] some, CancellationToken cancellationToken)
    {
        if (some.Length == 0)
            return [];
        var (forms, times, others) = (new WrittenDateForms[some.Length], new bool[some.Length], new bool[some.Length]);
        session.ForEachChunk($"select {string.Join(", ", some.Select(i => columns[i].Stored))} from {from}", chunk =>
        {
            for (var k = 0; k < some.Length; k++)
            {
                var texts = chunk.Texts(k);
                for (var row = 0; row < texts.Length && !others[k]; row++)
                {
                    if (chunk.IsMissing(k, row))
                        continue;
                    var kind = WrittenDate.KindOf(ChunkText.Bytes(in texts[row]), out var form);
                    forms[k] |= form;
                    times[k] |= kind == WrittenDateKind.Time;
                    others[k] = kind == WrittenDateKind.None;
                }
            }
        }, cancellationToken);
        return Enumerable.Range(0, some.Length).Where(k => !others[k] && forms[k] != WrittenDateForms.None)
            .ToDictionary(k => some[k], k => (times[k] ? StoredType.Time : StoredType.Date, forms[k]));
    }

    /// <summary>The column as the type that an upload wants, every value of it.</summary>
    private static SourceColumn Converted(DuckDbSession session, string from, SourceColumn column, ColumnType wanted, CancellationToken cancellationToken)
    {
        if (wanted is ColumnType.Category or ColumnType.Text)
            return column.Type is StoredType.Text ? column : column with { Type = StoredType.Text, Stored = $"cast({column.Stored} as varchar)" };
        var (type, name, expected) = wanted switch
        {
            ColumnType.Number => (StoredType.Real, "double", "a number"),
            ColumnType.Boolean => (StoredType.Boolean, "boolean", "true, false, 1 or 0"),
            _ => (StoredType.Time, "timestamptz", "a date as 2024-01-31 or 2024-01-31T12:00:00Z"),
        };
        if (column.Type == type || (wanted is ColumnType.Number && column.Type == StoredType.Whole) || (wanted is ColumnType.DateTime && column.Type == StoredType.Date))
            return column;
        var text = $"cast({column.Stored} as varchar)";
        var bad = $"from (select row_number() over () as row, {text} as value from {from}) where value is not null and try_cast(value as {name}) is null";
        var count = session.Counts($"select count(*) {bad}", cancellationToken)[0];
        if (count > 0)
        {
            var first = session.Rows(string.Create(CultureInfo.InvariantCulture, $"select row, left(value, 40) {bad} limit {InvalidDatasetException.MaxErrors}"), cancellationToken);
            throw new InvalidDatasetException([.. first.Select(row => new DatasetError((long)row[0]!, column.Name, $"expected {expected}; got '{row[1]}'"))], count);
        }

        return wanted is ColumnType.DateTime
            ? column with { Type = StoredType.Time, Stored = $"cast({text} as timestamptz) at time zone 'UTC'" }
            : column with { Type = type, Stored = wanted is ColumnType.Number ? $"nullif(cast({text} as double), 'nan'::double)" : $"cast({text} as boolean)" };
    }
}
