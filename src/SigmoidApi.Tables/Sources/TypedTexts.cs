using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Sources;

/// <summary>
/// The texts of a format that has types of its own. They stay texts, except that dates are found as in separated values, and that an upload can say what they
/// are; texts that are numbers get a warning.
/// </summary>
internal static class TypedTexts
{
    // So many rows tell columns of words, which need no further look.
    private const int FirstRows = 1000;

    /// <summary>
    /// Reads the columns of texts among others, and changes those that hold something else. Those that a model needs stay texts, whose decimal sign is found.
    /// </summary>
    /// <returns>The decimal sign of texts that are numbers; null where there are none, or where they do not show it to a model that knows its own.</returns>
    /// <exception cref="InvalidDatasetException">Values are not what the upload says.</exception>
    public static char? Read(DuckDbSession session, string from, SourceColumn[] columns, FileToRead task, CancellationToken cancellationToken)
    {
        var isForModel = task.ExpectedColumns is not null;
        int[] texts = [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].Type == StoredType.Text && (isForModel ? IsNeeded(i) : !StaysText(i)))];
        var missing = MissingWords.Of(task.Csv);
        var first = Judge($"(select * from {from} limit {FirstRows})", texts, '.');
        int[] likely = [.. texts.Where((i, k) => IsWanted(i) || HintOf(first[k]) is not null || IsNoText(first[k]))];
        var point = task.Csv.DecimalPoint ?? '.';
        var found = Judge(from, likely, point);
        var sign = DecimalSign.Of(found.Select(column => column.Decimals), delimiter: null, task.LikelyDecimalPoint);
        if (task.Csv.DecimalPoint is null && sign.Point != point)
            found = Judge(from, likely, sign.Point);

        var mistakes = new WrittenMistakes();
        foreach (var (i, column) in likely.Zip(found))
        {
            columns[i] = columns[i] with { DecimalPoint = column.Decimals.Point };
            if (isForModel)
                continue;
            var type = IsWanted(i) ? column.Type(task.Wanted(column.Name), mistakes) : column.Type(null, new());
            if (IsWanted(i) || type is StoredType.Date or StoredType.Time)
            {
                var dateOrder = type is StoredType.Date or StoredType.Time ? column.DateOrder : null;
                var stored = session.Written.Expression(columns[i].Stored, type, column.Convention, missing);
                columns[i] = columns[i] with { Type = type, Stored = stored, DateOrder = dateOrder };
            }
            else
            {
                columns[i] = columns[i] with { Hint = IsNoText(column) ? ColumnWarning.MostlyNumbers : HintOf(column) };
            }
        }

        mistakes.ThrowIfAny();
        var areNumbers = likely.Zip(found).Any(pair => (isForModel || columns[pair.First].Type != StoredType.Text)
            && pair.Second.Decimals is { IsOfNumbers: true, Signs: not DecimalSigns.None });
        return areNumbers && (sign.IsShown || !isForModel) ? task.Csv.DecimalPoint ?? sign.Point : null;

        bool IsNeeded(int column) => task.ExpectedColumns!.Contains(columns[column].Name);

        bool StaysText(int column) => task.Wanted(columns[column].Name) is ColumnType.Category or ColumnType.Text;

        bool IsWanted(int column) => !isForModel && task.Wanted(columns[column].Name) is not null;

        WrittenColumn[] Judge(string rows, int[] some, char decimalPoint)
        {
            var judged = Array.ConvertAll(some, i => task.NewColumn(columns[i].Name, decimalPoint));
            if (some.Length == 0)
                return judged;
            var row = 0L;
            session.ForEachChunk($"select {string.Join(", ", some.Select(i => columns[i].Stored))} from {rows}", chunk =>
            {
                for (var k = 0; k < judged.Length; k++)
                    AddTexts(chunk, k, judged[k], missing, row);
                row += chunk.Rows;
            }, cancellationToken);
            return judged;
        }
    }

    private static void AddTexts(DatasetChunk chunk, int column, WrittenColumn judged, MissingWords missing, long rowsBefore)
    {
        var texts = chunk.Texts(column);
        for (var row = 0; row < texts.Length; row++)
        {
            if (!chunk.IsMissing(column, row))
                judged.AddCell(ChunkText.Bytes(in texts[row]), missing, rowsBefore + row + 1);
        }
    }

    private static ColumnWarning? HintOf(WrittenColumn column) => column.Hint(StoredType.Text, isSignKnown: true);

    private static bool IsNoText(WrittenColumn column) => column.HasValues && column.Type(null, new()) is not StoredType.Text;
}
