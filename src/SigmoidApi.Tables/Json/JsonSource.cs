using System.Globalization;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Json;

/// <summary>
/// JSON: an array of records, or a record on each line. A record may lack what others have; null and lacking are both missing. Every byte is scanned, and
/// DuckDB reads the records with the types found: texts as cells of separated values are read, numbers, true and false as what they are.
/// </summary>
internal static class JsonSource
{
    // A value with its own text, in quotes where it is one.
    private const string AsItIs = "JSON";

    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken)
    {
        var missing = MissingWords.Of(task.Csv);
        var point = task.Csv.DecimalPoint ?? task.LikelyDecimalPoint ?? '.';
        var scan = JsonScan.Run(task, point, missing, cancellationToken);
        var sign = DecimalSign.Of(scan.Columns.Select(column => column.Cells.Decimals), delimiter: null, task.LikelyDecimalPoint);
        if (task.Csv.DecimalPoint is null && sign.Point != point)
            scan = JsonScan.Run(task, point = sign.Point, missing, cancellationToken);
        var isSignKnown = task.Csv.DecimalPoint is not null || task.LikelyDecimalPoint is not null || sign.IsShown;
        var mistakes = new WrittenMistakes();
        var columns = new SourceColumn[scan.Columns.Count];
        var types = new string[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var found = scan.Columns[i];
            var cells = found.Cells;
            var wanted = task.Wanted(found.Name);
            // A text among numbers is no slip where the file itself tells the two apart.
            var type = cells.Type(wanted, wanted is null && found.Values != JsonValues.Texts ? new() : mistakes);
            types[i] = ReadAs(found, type);
            var column = DuckDbSession.Identifier(found.Name);
            var stored = Stored(session, column, types[i], type, found, missing);
            var order = type is StoredType.Date or StoredType.Time ? cells.DateOrder : null;
            columns[i] = new(found.Name, type, stored, column, cells.Hint(type, isSignKnown), order, cells.Decimals.Point);
        }

        mistakes.ThrowIfAny();
        var hasSigns = scan.Columns.Any(column => column.Cells.Decimals is { IsOfNumbers: true, Signs: not DecimalSigns.None });
        return new(From(task, scan, types), columns, scan.Rows, Form: scan.Form, DecimalPoint: hasSigns ? point : task.Csv.DecimalPoint,
            Lines: (rows, token) => JsonLines.Find(task, scan.Form, rows, token));
    }

    private static string From(FileToRead task, JsonScanResult scan, string[] types)
    {
        var names = string.Join(", ", scan.Columns.Zip(types, (column, type) => $"{DuckDbSession.Literal(column.Name)}: '{type}'"));
        var from = string.Create(CultureInfo.InvariantCulture,
            $$"""
            read_json({{DuckDbSession.Literal(task.Path)}}, format = '{{(scan.Form == DatasetFormat.Json ? "array" : "newline_delimited")}}', records = true,
                hive_partitioning = false, maximum_object_size = {{task.MaxRecordBytes}}, columns = { {{names}} })
            """);
        // NaN is missing, in a file that is given back too: there it would be no JSON.
        string[] numbers = [.. scan.Columns.Zip(types).Where(column => column.First.Values.HasFlag(JsonValues.NotANumber))
            .Select(column => WithoutNaN(DuckDbSession.Identifier(column.First.Name), column.Second))];
        return numbers.Length == 0 ? from : $"(select * replace ({string.Join(", ", numbers)}) from {from})";
    }

    private static string WithoutNaN(string column, string readAs)
    {
        var isNaN = readAs == "DOUBLE" ? $"isnan({column})" : $"lower(cast({column} as varchar)) in ('nan', '-nan')";
        return $"case when {isNaN} then null else {column} end as {column}";
    }

    /// <summary>The type that DuckDB reads a column with: never one that it would have to make of a text.</summary>
    private static string ReadAs(JsonColumn column, StoredType type) => (type, column.Values) switch
    {
        (_, JsonValues.Texts) => "VARCHAR",
        (StoredType.Whole, JsonValues.None or JsonValues.Numbers) => "BIGINT",
        (StoredType.Real or StoredType.Whole, _) when (column.Values & ~(JsonValues.Numbers | JsonValues.NotANumber)) == 0 => "DOUBLE",
        (StoredType.Boolean, JsonValues.None or JsonValues.Booleans) => "BOOLEAN",
        _ => AsItIs,
    };

    /// <summary>The expression for a column as it is kept.</summary>
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

        // What JSON writes of a value: a text with its quotes and escapes.
        var json = $"cast({column} as varchar)";
        var other = type switch
        {
            // A number has a point whatever the texts have.
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
            // Blanks are a text's own.
            return type == StoredType.Text ? $"case when {value} is null then null else {text} end" : value;
        }
    }

    /// <summary>What JSON writes of a value that is no text, as a level: a whole number with its digits, another as a column of such numbers has it.</summary>
    private static string Level(string json, JsonColumn found)
    {
        var number = StoredValue.AsLevel($"cast({json} as double)", ColumnType.Number);
        return found.Cells.HasFractions ? $"case when regexp_matches({json}, '^-?[0-9]+[.e]') then {number} else {json} end" : json;
    }
}
