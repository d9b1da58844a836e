using System.Globalization;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Sources;

/// <summary>Columns of relations that already have types in DuckDB, such as those of Parquet files, and the types to store them with.</summary>
internal static class TypedSource
{
    /// <param name="session">The session that reads the file.</param>
    /// <param name="from">The relation with the columns.</param>
    /// <param name="columns">The columns to store. The array is changed where a column gets another type.</param>
    /// <param name="table">The file, with the types that the upload says.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public static DatasetSource Of(DuckDbSession session, string from, SourceColumn[] columns, TableFile table, CancellationToken cancellationToken)
    {
        if (columns.Length == 0)
            throw new InvalidDatasetException(1, null, "expected at least one column");
        var areTexts = Array.ConvertAll(columns, column => column.Type == StoredType.Text);
        var decimalPoint = TypedTexts.Read(session, from, columns, table, cancellationToken);
        for (var i = 0; i < columns.Length; i++)
        {
            if (table.Types.TryGetValue(columns[i].Name, out var wanted) && (!areTexts[i] || wanted is ColumnType.Category or ColumnType.Text))
                columns[i] = Converted(session, from, columns[i], wanted, cancellationToken);
        }

        return new(from, columns, DecimalPoint: decimalPoint);
    }

    /// <summary>The columns of a relation, by their types in DuckDB.</summary>
    public static SourceColumn[] Columns(DuckDbSession session, string from, CancellationToken cancellationToken) =>
        [.. Declared(session, from, cancellationToken).Select(column => Column(column.Name, column.Type, DuckDbSession.Identifier(column.Name)))];

    /// <summary>The names and DuckDB types of a relation's columns.</summary>
    public static List<(string Name, string Type)> Declared(DuckDbSession session, string from, CancellationToken cancellationToken) =>
        session.Rows($"describe select * from {from}", cancellationToken).ConvertAll(row => ((string)row[0]!, (string)row[1]!));

    /// <summary>A column by its type in DuckDB.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">DuckDB's type.</param>
    /// <param name="column">The expression for the values.</param>
    public static SourceColumn Column(string name, string type, string column)
    {
        var plain = type.Split('(')[0];
        return plain switch
        {
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" when !IsNested(type) =>
                new(name, StoredType.Whole, $"cast({column} as bigint)", column),
            // DuckDB converts decimals by dividing by a power of ten, which gives the nearest float64 only for few digits. So convert the others as text.
            "DECIMAL" when !IsNested(type) && !IsExact(type) => new(name, StoredType.Real, $"cast(cast({column} as varchar) as double)", column),
            "UBIGINT" or "HUGEINT" or "UHUGEINT" or "DECIMAL" or "BIGNUM" when !IsNested(type) =>
                new(name, StoredType.Real, $"cast({column} as double)", column),
            // Many writers write NaN for a missing value.
            "FLOAT" or "DOUBLE" when !IsNested(type) => new(name, StoredType.Real, $"nullif(cast({column} as double), 'nan'::double)", column),
            "BOOLEAN" when !IsNested(type) => new(name, StoredType.Boolean, column, column),
            "DATE" when !IsNested(type) => new(name, StoredType.Date, column, column),
            "TIMESTAMP WITH TIME ZONE" when !IsNested(type) => new(name, StoredType.Time, $"({column} at time zone 'UTC')", column),
            "TIMESTAMP" or "TIMESTAMP_NS" or "TIMESTAMP_MS" or "TIMESTAMP_S" when !IsNested(type) =>
                new(name, StoredType.Time, $"cast({column} as timestamp)", column),
            // A JSON text without quotes.
            "JSON" or "VARIANT" when !IsNested(type) => new(name, StoredType.Text, $"nullif(cast({column} as json) ->> '$', '')", column),
            // The zone carries no information: in files a time of day with a zone is always in UTC, and many writers mark all times as such.
            "TIME WITH TIME ZONE" when !IsNested(type) => new(name, StoredType.Text, $"cast(cast({column} as time) as varchar)", column),
            _ when IsNested(type) => new(name, StoredType.Text, $"cast(to_json({column}) as varchar)", column),
            _ => new(name, StoredType.Text, $"nullif(cast({column} as varchar), '')", column),
        };
    }

    /// <summary>Whether float64 exactly holds every whole number with the digits of a decimal type, and 10 to the power of its scale.</summary>
    private static bool IsExact(string type) =>
        int.Parse(type["DECIMAL(".Length..type.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture) <= 15;

    /// <summary>Whether a DuckDB type is a list, a record or a map.</summary>
    public static bool IsNested(string type) =>
        type.EndsWith(']') || type.StartsWith("STRUCT", StringComparison.Ordinal) || type.StartsWith("MAP", StringComparison.Ordinal);

    /// <summary>Converts a column to the type that the upload says. A number is never converted to a date, because its unit is unknown.</summary>
    private static SourceColumn Converted(DuckDbSession session, string from, SourceColumn column, ColumnType wanted, CancellationToken cancellationToken)
    {
        var areNumbers = column.Type is StoredType.Real or StoredType.Whole;
        var areDates = column.Type is StoredType.Date or StoredType.Time;
        switch (wanted)
        {
            case ColumnType.Category or ColumnType.Text:
                return column.Type is StoredType.Text ? column : column with { Type = StoredType.Text, Stored = $"cast({column.Stored} as varchar)" };
            case ColumnType.Number:
                Refuse(areDates ? "true" : "false", "a number");
                return areNumbers ? column : column with { Type = StoredType.Real, Stored = $"cast({column.Stored} as double)" };
            case ColumnType.Boolean:
                Refuse(areDates ? "true" : areNumbers ? "value not in (0, 1)" : "false", "true, false, 1 or 0");
                return column with { Type = StoredType.Boolean, Stored = $"cast({column.Stored} as boolean)" };
            default:
                Refuse(areDates ? "false" : "true", WrittenColumn.ExpectedDate);
                return column;
        }

        void Refuse(string condition, string expected)
        {
            if (condition == "false")
                return;
            var bad = $"from (select row_number() over () as row, {column.Stored} as value from {from}) where value is not null and {condition}";
            var count = session.Counts($"select count(*) {bad}", cancellationToken)[0];
            if (count == 0)
                return;
            var show = string.Create(
                CultureInfo.InvariantCulture, $"select row, left(cast(value as varchar), 40) {bad} limit {InvalidDatasetException.MaxErrors}");
            var first = session.Rows(show, cancellationToken);
            var errors = first.Select(row => new DatasetError((long)row[0]!, column.Name, $"expected {expected}; got '{row[1]}'"));
            throw new InvalidDatasetException([.. errors], count);
        }
    }
}
