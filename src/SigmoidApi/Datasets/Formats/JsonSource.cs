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

    private static string Stored(
        DuckDbSession session, string column, string readAs, StoredType type, JsonColumn found, WrittenConvention convention, MissingWords missing)
    {
        switch (readAs)
        {
            case "BIGINT" or "BOOLEAN":
                return column;
            case "DOUBLE":
                var number = $"nullif({column}, 'nan'::double)";
                return type == StoredType.Whole ? $"cast({number} as bigint)" : number;
            case "VARCHAR" when type == StoredType.Text && !found.HasMissingTexts:
                return column;
        }

        // A text without its quotes and escapes, and any other value as JSON writes it.
        var text = readAs == AsItIs ? $"({column} ->> '$')" : column;
        var written = session.Written.Expression(text, type, convention, missing);
        // Blanks are a text's own.
        if (type == StoredType.Text)
            written = $"case when {written} is null then null else {text} end";
        if ((found.Values & (JsonValues.Numbers | JsonValues.NotANumber)) == 0 || type is StoredType.Boolean)
            return written;
        // A number has a point whatever the texts have.
        var json = $"cast({column} as varchar)";
        return type switch
        {
            StoredType.Real => $"case when {json}[1] = '\"' then {written} else nullif(cast({json} as double), 'nan'::double) end",
            StoredType.Whole => $"case when {json}[1] = '\"' then {written} else try_cast({json} as bigint) end",
            // The level that a record has of the same number.
            _ => $"case when {json} = 'NaN' then null when regexp_matches({json}, '^-?[0-9]+[.e]') then {DatasetReader.LevelExpression($"cast({json} as double)", ColumnType.Number)} else {written} end",
        };
    }
}
