using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Sources;

/// <summary>
/// The columns of texts in a format with types. They stay texts, with two exceptions: dates are detected as in separated values, and the upload can say
/// another type. Columns of texts that are numbers get a warning.
/// </summary>
internal static class TypedTexts
{
    // The first rows show which columns hold words. Those need no further reading.
    private const int FirstRows = 1000;

    /// <summary>
    /// Reads the columns of texts, and changes the columns that hold something else. For a model the columns that it needs stay texts; only their decimal sign
    /// is detected.
    /// </summary>
    /// <returns>The decimal sign of texts that are numbers. Null if there are none, or if a model reads the file and they do not show it.</returns>
    /// <exception cref="InvalidDatasetException">Values do not have the type that the upload says.</exception>
    public static char? Read(DuckDbSession session, string from, SourceColumn[] columns, TableFile table, CancellationToken cancellationToken)
    {
        var isForModel = table.ExpectedColumns is not null;
        int[] texts = [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].Type == StoredType.Text && (isForModel ? IsNeeded(i) : !StaysText(i)))];
        var missing = MissingWords.Of(table.Csv);
        var first = Count($"(select * from {from} limit {FirstRows})", texts, '.');
        int[] likely = [.. texts.Where((i, k) => IsWanted(i) || HintOf(first[k]) is not null || IsOtherThanText(first[k]))];
        var point = table.Csv.DecimalPoint ?? '.';
        var found = Count(from, likely, point);
        var sign = DecimalSign.Of(found.Select(column => column.Decimals), delimiter: null, table.LikelyDecimalPoint);
        if (table.Csv.DecimalPoint is null && sign.Point != point)
            found = Count(from, likely, sign.Point);

        var mistakes = new WrittenMistakes();
        foreach (var (i, column) in likely.Zip(found))
        {
            columns[i] = columns[i] with { DecimalPoint = column.Decimals.Point };
            if (isForModel)
                continue;
            var type = IsWanted(i) ? column.Type(table.Wanted(column.Name), mistakes) : column.Type(null, new());
            if (IsWanted(i) || type is StoredType.Date or StoredType.Time)
            {
                var dateOrder = type is StoredType.Date or StoredType.Time ? column.DateOrder : null;
                var stored = session.Written.Expression(columns[i].Stored, type, column.Convention, missing);
                columns[i] = columns[i] with { Type = type, Stored = stored, DateOrder = dateOrder };
            }
            else
            {
                columns[i] = columns[i] with { Hint = IsOtherThanText(column) ? ColumnWarning.MostlyNumbers : HintOf(column) };
            }
        }

        mistakes.ThrowIfAny();
        var areNumbers = likely.Zip(found).Any(pair => (isForModel || columns[pair.First].Type != StoredType.Text)
            && pair.Second.Decimals is { IsOfNumbers: true, Signs: not DecimalSigns.None });
        return areNumbers && (sign.IsShown || !isForModel) ? table.Csv.DecimalPoint ?? sign.Point : null;

        bool IsNeeded(int column) => table.ExpectedColumns!.Contains(columns[column].Name);

        bool StaysText(int column) => table.Wanted(columns[column].Name) is ColumnType.Category or ColumnType.Text;

        bool IsWanted(int column) => !isForModel && table.Wanted(columns[column].Name) is not null;

        WrittenColumn[] Count(string rows, int[] some, char decimalPoint)
        {
            var counted = Array.ConvertAll(some, i => table.NewColumn(columns[i].Name, decimalPoint));
            if (some.Length == 0)
                return counted;
            var row = 0L;
            session.ForEachChunk($"select {string.Join(", ", some.Select(i => columns[i].Stored))} from {rows}", chunk =>
            {
                for (var k = 0; k < counted.Length; k++)
                    AddTexts(chunk, k, counted[k], missing, row);
                row += chunk.Rows;
            }, cancellationToken);
            return counted;
        }
    }

    private static void AddTexts(DatasetChunk chunk, int column, WrittenColumn counted, MissingWords missing, long rowsBefore)
    {
        var texts = chunk.Texts(column);
        for (var row = 0; row < texts.Length; row++)
        {
            if (!chunk.IsMissing(column, row))
                counted.AddCell(ChunkText.Bytes(in texts[row]), missing, rowsBefore + row + 1);
        }
    }

    private static ColumnWarning? HintOf(WrittenColumn column) => column.Hint(StoredType.Text, isSignKnown: true);

    private static bool IsOtherThanText(WrittenColumn column) => column.HasValues && column.Type(null, new()) is not StoredType.Text;
}
