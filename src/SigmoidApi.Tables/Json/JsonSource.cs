using System.Globalization;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Json;

/// <summary>
/// Opens JSON: an array of records, or a record on each line. A value is missing if it is null or if the record lacks the name. Every byte is scanned, and
/// DuckDB reads the records with the types found. Texts are read like cells of separated values; numbers, true and false keep their types.
/// </summary>
internal static class JsonSource
{
    // DuckDB's type for a value in its original JSON text.
    private const string AsJson = "JSON";

    public static DatasetSource Open(DuckDbSession session, TableFile table, CancellationToken cancellationToken)
    {
        var missing = MissingWords.Of(table.Csv);
        var point = table.Csv.DecimalPoint ?? table.LikelyDecimalPoint ?? '.';
        var scan = JsonScan.Run(table, point, missing, cancellationToken);
        var sign = DecimalSign.Of(scan.Columns.Select(column => column.Cells.Decimals), delimiter: null, table.LikelyDecimalPoint);
        if (table.Csv.DecimalPoint is null && sign.Point != point)
            scan = JsonScan.Run(table, point = sign.Point, missing, cancellationToken);
        var isSignKnown = table.Csv.DecimalPoint is not null || table.LikelyDecimalPoint is not null || sign.IsShown;
        var mistakes = new WrittenMistakes();
        var columns = new SourceColumn[scan.Columns.Count];
        var types = new string[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var found = scan.Columns[i];
            var cells = found.Cells;
            var wanted = table.Wanted(found.Name);
            // A text among numbers is not a mistake here, because JSON itself distinguishes the two.
            var type = cells.Type(wanted, wanted is null && found.Values != JsonValues.Texts ? new() : mistakes);
            types[i] = ReadAs(found, type);
            var column = DuckDbSession.Identifier(found.Name);
            var stored = Stored(session, column, types[i], type, found, missing);
            var order = type is StoredType.Date or StoredType.Time ? cells.DateOrder : null;
            columns[i] = new(found.Name, type, stored, column, cells.Hint(type, isSignKnown), order, cells.Decimals.Point);
        }

        mistakes.ThrowIfAny();
        var hasSigns = scan.Columns.Any(column => column.Cells.Decimals is { IsOfNumbers: true, Signs: not DecimalSigns.None });
        return new(From(table, scan, types), columns, scan.Rows, Form: scan.Form, DecimalPoint: hasSigns ? point : table.Csv.DecimalPoint,
            Lines: (rows, token) => JsonLines.Find(table, scan.Form, rows, token));
    }

    private static string From(TableFile table, JsonScanResult scan, string[] types)
    {
        var names = string.Join(", ", scan.Columns.Zip(types, (column, type) => $"{DuckDbSession.Literal(column.Name)}: '{type}'"));
        var from = string.Create(CultureInfo.InvariantCulture,
            $$"""
            read_json({{DuckDbSession.Literal(table.Path)}}, format = '{{(scan.Form == DatasetFormat.Json ? "array" : "newline_delimited")}}', records = true,
                hive_partitioning = false, maximum_object_size = {{table.MaxRecordBytes}}, columns = { {{names}} })
            """);
        // NaN means missing. It must not get into the output of predictions either, because it is not JSON.
        string[] numbers = [.. scan.Columns.Zip(types).Where(column => column.First.Values.HasFlag(JsonValues.NotANumber))
            .Select(column => WithoutNaN(DuckDbSession.Identifier(column.First.Name), column.Second))];
        return numbers.Length == 0 ? from : $"(select * replace ({string.Join(", ", numbers)}) from {from})";
    }

    private static string WithoutNaN(string column, string readAs)
    {
        var isNaN = readAs == "DOUBLE" ? $"isnan({column})" : $"lower(cast({column} as varchar)) in ('nan', '-nan')";
        return $"case when {isNaN} then null else {column} end as {column}";
    }

    /// <summary>The type with which DuckDB reads a column. DuckDB never has to convert a text to it.</summary>
    private static string ReadAs(JsonColumn column, StoredType type) => (type, column.Values) switch
    {
        (_, JsonValues.Texts) => "VARCHAR",
        (StoredType.Whole, JsonValues.None or JsonValues.Numbers) => "BIGINT",
        (StoredType.Real or StoredType.Whole, _) when (column.Values & ~(JsonValues.Numbers | JsonValues.NotANumber)) == 0 => "DOUBLE",
        (StoredType.Boolean, JsonValues.None or JsonValues.Booleans) => "BOOLEAN",
        _ => AsJson,
    };

    /// <summary>The SQL expression for a column as it is stored.</summary>
    private static string Stored(DuckDbSession session, string column, string readAs, StoredType type, JsonColumn found, MissingWords missing)
    {
        switch (readAs)
        {
            case "BIGINT" or "BOOLEAN":
                return column;
            case "DOUBLE":
                return type == StoredType.Whole ? $"cast({column} as bigint)" : column;
            case "VARCHAR":
                return type == StoredType.Text && !found.HasMissingTexts ? column : Written(column);
        }

        // The JSON text of a value; a text has quotes and escapes.
        var json = $"cast({column} as varchar)";
        var other = type switch
        {
            // A JSON number has a decimal point even if the texts have a comma.
            StoredType.Real => $"case {json} when 'true' then 1.0 when 'false' then 0.0 else cast({json} as double) end",
            StoredType.Whole => $"cast({json} as bigint)",
            StoredType.Text => Level(json, found),
            _ => Written(json),
        };
        return found.Values.HasFlag(JsonValues.Texts)
            ? $"case when starts_with({json}, '\"') then {Written($"({column} ->> '$')")} else {other} end"
            : other;

        string Written(string text)
        {
            var value = session.Written.Expression(text, type, found.Cells.Convention, missing);
            // Blanks belong to a text.
            return type == StoredType.Text ? $"case when {value} is null then null else {text} end" : value;
        }
    }

    /// <summary>The level for a JSON value that is not a text: a whole number as written, another number as in a column of such numbers.</summary>
    private static string Level(string json, JsonColumn found)
    {
        var number = StoredValue.AsLevel($"cast({json} as double)", ColumnType.Number);
        return found.Cells.HasFractions ? $"case when regexp_matches({json}, '^-?[0-9]+[.e]') then {number} else {json} end" : json;
    }
}
