using System.Globalization;
using DuckDB.NET.Data;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Formats;
using SigmoidApi.Tables.Libsvm;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Workers;

namespace SigmoidApi.Serving;

/// <summary>Predicts the rows of a received file with one statement in DuckDB, which calls the model as a function of the columns.</summary>
internal static class FilePrediction
{
    /// <summary>The prediction of a file in a worker process.</summary>
    public static WorkerVerb<PredictTask, PredictedFile> Verb { get; } = new("predict", Run);

    /// <exception cref="InvalidDatasetException">The file's content is invalid, or the model refuses some of its cells.</exception>
    /// <exception cref="MissingColumnsException">The file lacks columns that the model needs.</exception>
    public static PredictedFile Run(PredictTask task, CancellationToken cancellationToken)
    {
        var model = new ServedModel(task.ModelName, task.ModelVersion, task.Target, task.Model);
        var limits = DuckDbLimits.Of(task.MemoryMegabytes, task.Threads, task.MaxWrittenBytes);
        using var session = new DuckDbSession(task.SpillDirectory, limits, task.File.Progress, task.File.Path, task.AnswerPath);
        // All columns are opened as text, so that the answer repeats each cell unchanged. The columns that the model needs convert the cells themselves.
        var decimalPoint = task.Model.DecimalPoint is [var sign] ? sign : (char?)null;
        var file = task.File with
        {
            Types = new Dictionary<string, ColumnType>(),
            OtherType = ColumnType.Text,
            ExpectedColumns = [.. model.Columns.Select(column => column.Name)],
            LikelyDecimalPoint = decimalPoint,
        };
        var source = DatasetSources.Open(session, file, asTexts: true, cancellationToken);
        var columns = TypedColumn.Of(session, file.Format, source, cancellationToken).ToDictionary(column => column.Name, StringComparer.Ordinal);
        if (task.File.Format == DatasetFormat.Libsvm)
        {
            var unnamed = model.Columns.Where(column => !columns.ContainsKey(column.Name)).Select(column => LibsvmSource.Unnamed(column.Name));
            foreach (var column in unnamed.OfType<SourceColumn>())
                columns[column.Name] = TypedColumn.Of(column);
        }

        if (model.Columns.Where(column => !columns.ContainsKey(column.Name)).Select(column => column.Name).ToArray() is { Length: > 0 } lacking)
            throw new MissingColumnsException(lacking);

        FileColumn[] needed = [.. model.Columns.Select(column => FileColumn.Of(column, columns[column.Name], file, source))];
        using var function = new PredictFunction(session, model, needed);
        var given = source.All ?? source.Columns;
        var names = given.Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var predicted = Predicted(model, task.Threshold, names, source.Dialect?.DecimalPoint == ',');
        var raw = given.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"{column.Raw} as r{i}"));
        var outer = given.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"r{i} as {DuckDbSession.Identifier(column.Name)}"));
        var sql =
            $"""
            copy (
                select {string.Join(", ", [.. outer, .. predicted])}
                from (
                    select {string.Join(", ", raw)}, {PredictFunction.Name}({string.Join(", ", needed.Select(column => column.Expression))}) as p
                    from {source.From})
            ) to {DuckDbSession.Literal(task.AnswerPath)} ({Options(task.AnswerFormat, source, predicted.Count)})
            """;
        try
        {
            session.Execute(sql, cancellationToken);
        }
        catch (DuckDBException)
        {
            if (function.HasRefused && RefusedCells.Find(session, source, needed, cancellationToken) is { } refused)
                throw refused;
            throw DatasetSources.Unreadable(session, task.File, cancellationToken);
        }

        return new([.. given.Select(column => column.Name).Where(model.IsUnknown)], function.UnknownLevels());
    }

    /// <summary>The SQL of the columns that are added: probabilities and label, from the result <c>p</c> of the function.</summary>
    private static List<string> Predicted(ServedModel model, double threshold, HashSet<string> names, bool hasDecimalComma)
    {
        string[] literals = [.. model.Classes.Select(Literal)];
        if (model.Outputs == 1)
        {
            var limit = threshold.ToString("R", CultureInfo.InvariantCulture);
            return
            [
                $"{Shown("p")} as {UnusedName("probability", names)}",
                $"case when p >= {limit} then {literals[1]} else {literals[0]} end as {UnusedName("label", names)}",
            ];
        }

        // The label is the first class of greatest probability.
        return
        [
            .. model.Classes.Select((label, k) =>
                $"{Shown(string.Create(CultureInfo.InvariantCulture, $"p[{k + 1}]"))} as {UnusedName($"probability_{label}", names)}"),
            $"[{string.Join(", ", literals)}][list_position(p, list_max(p))] as {UnusedName("label", names)}",
        ];

        string Shown(string number) => hasDecimalComma ? $"replace(cast({number} as varchar), '.', ',')" : number;
    }

    /// <summary>A name that no other column has, as an identifier.</summary>
    private static string UnusedName(string name, HashSet<string> used)
    {
        var unused = name;
        for (var i = 1; !used.Add(unused); i++)
            unused = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        return DuckDbSession.Identifier(unused);
    }

    private static string Literal(ClassLabel label) => label.Text is { } text ? DuckDbSession.Literal(text)
        : label.IsBoolean ? label.ToString()
        : Math.Abs(label.Number) < 1e15 && label.Number == Math.Round(label.Number) ? $"cast({label} as bigint)" : $"cast({label} as double)";

    private static string Options(DatasetFormat format, DatasetSource source, int added) => source.Dialect is { } dialect && format == DatasetFormat.Csv
        ? DatasetExport.CsvOptions(dialect)
        : DatasetExport.Options(format, source.Columns.Count + added);
}
