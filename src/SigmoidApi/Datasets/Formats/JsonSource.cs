using System.Globalization;
using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// JSON: an array of records, or a record on each line. A record may lack what others have; null and lacking are both missing. Every byte is scanned, and DuckDB reads the
/// records with the types found: texts as cells of separated values are read, numbers, true and false as what they are.
/// </summary>
internal static class JsonSource
{
    // A value with its own text, in quotes where it is one.
    private const string AsItIs = "JSON";

    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken)
    {
        var missing = task.Csv.NullValues is { } nulls ? new MissingWords(nulls) : MissingWords.Default;
        var scan = JsonScan.Run(task, missing, cancellationToken);
        var convention = new WrittenConvention(task.Csv.DecimalPoint ?? '.');
        var mistakes = new WrittenMistakes();
        var columns = new SourceColumn[scan.Columns.Count];
        var types = new string[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var found = scan.Columns[i];
            var wanted = task.Types.TryGetValue(found.Name, out var said) ? said : task.OtherType;
            // A text among numbers is no slip where the file itself tells the two apart.
            var type = found.Cells.Type(wanted, wanted is null && found.Values != JsonValues.Texts ? new() : mistakes);
            types[i] = ReadAs(found, type);
            var column = DuckDbSession.Identifier(found.Name);
            var stored = Stored(session, column, types[i], type, found, convention with { Dates = found.Cells.DateOrder }, missing);
            columns[i] = new(found.Name, type, stored, column, type == StoredType.Text ? found.Cells.Hint : null, found.Cells.DateOrder);
        }

        mistakes.ThrowIfAny();
        var names = string.Join(", ", columns.Zip(types, (column, type) => $"{DuckDbSession.Literal(column.Name)}: '{type}'"));
        var from = string.Create(CultureInfo.InvariantCulture,
            $$"""
            read_json({{DuckDbSession.Literal(task.Path)}}, format = '{{(scan.Form == DatasetFormat.Json ? "array" : "newline_delimited")}}', records = true,
                maximum_object_size = {{JsonTokens.MaxRecordBytes}}, columns = { {{names}} })
            """);
        return new(from, columns, scan.Rows, Form: scan.Form);
    }

    /// <summary>The type that DuckDB reads a column with: never one that it would have to make of a text.</summary>
    private static string ReadAs(JsonColumn column, StoredType type) => (type, column.Values) switch
    {
        (_, JsonValues.Texts) => "VARCHAR",
        (StoredType.Whole, JsonValues.None or JsonValues.Numbers) => "BIGINT",
        (StoredType.Real or StoredType.Whole, JsonValues.None or JsonValues.Numbers or JsonValues.NotANumber or (JsonValues.Numbers | JsonValues.NotANumber)) => "DOUBLE",
        (StoredType.Boolean, JsonValues.None or JsonValues.Booleans) => "BOOLEAN",
        _ => AsItIs,
    };

    /// <summary>The expression for a column as it is kept.</summary>
    private static string Stored(DuckDbSession session, string column, string readAs, StoredType type, JsonColumn found, WrittenConvention convention, MissingWords missing)
    {
        switch (readAs)
        {
            case "BIGINT" or "BOOLEAN":
                return column;
            case "DOUBLE":
                var number = $"nullif({column}, 'nan'::double)";
                return type == StoredType.Whole ? $"cast({number} as bigint)" : number;
            case "VARCHAR":
                return type == StoredType.Text && !found.HasMissingTexts ? column : Written(column);
        }

        // What JSON writes of a value: a text with its quotes and escapes.
        var json = $"cast({column} as varchar)";
        var other = type switch
        {
            // A number has a point whatever the texts have.
            StoredType.Real => $"nullif(cast({json} as double), 'nan'::double)",
            StoredType.Whole => $"try_cast({json} as bigint)",
            StoredType.Text => Level(json, found),
            _ => Written(json),
        };
        return found.Values.HasFlag(JsonValues.Texts) ? $"case when starts_with({json}, '\"') then {Written($"({column} ->> '$')")} else {other} end" : other;

        string Written(string text)
        {
            var value = session.Written.Expression(text, type, convention, missing);
            // Blanks are a text's own.
            return type == StoredType.Text ? $"case when {value} is null then null else {text} end" : value;
        }
    }

    /// <summary>What JSON writes of a value that is no text, as a level: a whole number with its digits, another as a column of such numbers has it.</summary>
    private static string Level(string json, JsonColumn found)
    {
        var level = found.Cells.HasFractions
            ? $"case when regexp_matches({json}, '^-?[0-9]+[.e]') then {DatasetReader.LevelExpression($"cast({json} as double)", ColumnType.Number)} else {json} end"
            : json;
        return found.Values.HasFlag(JsonValues.NotANumber) ? $"nullif({level}, 'NaN')" : level;
    }
}
