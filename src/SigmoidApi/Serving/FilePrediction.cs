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
        using var function = new PredictFunction(session, model, needed, task.Raw, task.Explain);
        var given = source.All ?? source.Columns;
        var names = given.Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var predicted = Predicted(model, task, names, source.Dialect?.DecimalPoint == ',');
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

    /// <summary>
    /// The SQL of the columns that are added, from the result <c>p</c> of the function: probabilities and label, and if they are asked for raw probabilities,
    /// baseline and contributions. The result is a list if it has more than one number.
    /// </summary>
    private static List<string> Predicted(ServedModel model, PredictTask task, HashSet<string> names, bool hasDecimalComma)
    {
        string[] literals = [.. model.Classes.Select(Literal)];
        var outputs = model.Outputs;
        var isList = outputs > 1 || task.Raw || task.Explain;
        var raw = outputs + 1;
        var explained = raw + (task.Raw ? outputs : 0);
        List<string> predicted = [];
        if (outputs == 1)
        {
            var limit = task.Threshold.ToString("R", CultureInfo.InvariantCulture);
            predicted.Add(Column(1, "probability"));
            predicted.Add($"case when {Number(1)} >= {limit} then {literals[1]} else {literals[0]} end as {UnusedName("label", names)}");
        }
        else
        {
            // The label is the first class of greatest probability.
            var all = string.Create(CultureInfo.InvariantCulture, $"p[1:{outputs}]");
            predicted.AddRange(OfClasses(1, "probability"));
            predicted.Add($"[{string.Join(", ", literals)}][list_position({all}, list_max({all}))] as {UnusedName("label", names)}");
        }

        if (task.Raw && outputs == 1)
            predicted.Add(Column(raw, "raw_probability"));
        else if (task.Raw)
            predicted.AddRange(OfClasses(raw, "raw_probability"));
        if (task.Explain)
        {
            predicted.Add(Column(explained, "baseline"));
            predicted.AddRange(model.Columns.Select((column, k) => Column(explained + 1 + k, $"contribution_{column.Name}")));
        }

        return predicted;

        IEnumerable<string> OfClasses(int first, string name) => model.Classes.Select((label, k) => Column(first + k, $"{name}_{label}"));

        string Column(int place, string name) => $"{Shown(Number(place))} as {UnusedName(name, names)}";

        string Number(int place) => isList ? string.Create(CultureInfo.InvariantCulture, $"p[{place}]") : "p";

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
