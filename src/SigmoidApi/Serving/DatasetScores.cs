using System.Globalization;
using System.Text;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Serving;

/// <summary>The rows of a stored data set as a model scores them. Rows without a value in the target or the weight are left out.</summary>
/// <param name="Labels">The index of each row's class.</param>
/// <param name="Scores">For each row and output of the model its score: <see cref="ServedModel.Score"/>.</param>
/// <param name="Weights">The weight of each row; null if each weighs 1.</param>
/// <param name="Groups">The columns to group by, in the order in which they were asked for.</param>
internal sealed record DatasetScores(double[] Labels, double[] Scores, double[]? Weights, IReadOnlyList<ColumnValues> Groups)
{
    /// <summary>For each row and column of the model what the column adds to the log-odds; empty unless asked for.</summary>
    public double[] Contributions { get; private init; } = [];

    private const int ChunkRows = 8192;
    private const int MostShown = 5;

    /// <summary>The scores of a data set, or why it can't be scored. Blocks the calling thread.</summary>
    /// <param name="engine">Reads the file.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="model">The model.</param>
    /// <param name="target">The column of the classes.</param>
    /// <param name="sampleWeight">The column of the weights; null for weights of 1.</param>
    /// <param name="groupBy">The columns to group by.</param>
    /// <param name="streamedFrom">From that many bytes of numbers on, they are kept on disk instead of in memory.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <param name="explains">Whether to add contributions; for a model of two classes that has an explainer.</param>
    public static (DatasetScores? Scores, InputFailure? Failure) Read(DatasetEngine engine, Dataset dataset, ServedModel model, string target,
        string? sampleWeight, IReadOnlyList<string> groupBy, long streamedFrom, CancellationToken cancellationToken, bool explains = false)
    {
        var profiles = dataset.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        if (NamesFailure(dataset, profiles, model, target, sampleWeight, groupBy) is { } failure)
            return (null, failure);
        // Numbers that the model takes from texts, and categories, are read as levels: each different text is converted once.
        ServedColumn[] plain = [.. model.Columns.Where(column => column.Category is null && !profiles[column.Name].IsText)];
        ServedColumn[] levels = [.. model.Columns.Where(column => column.Category is not null || profiles[column.Name].IsText)];
        List<ColumnToRead> others = [.. levels.Select(column => new ColumnToRead(profiles[column.Name], AsLevels: true))];
        others.Add(new(profiles[target], profiles[target].IsText, Required: true));
        if (sampleWeight is not null)
            others.Add(new(profiles[sampleWeight], AsLevels: false, Required: true));
        others.AddRange(groupBy.Select(column => new ColumnToRead(profiles[column], AsLevels: true)));

        using var file = dataset.Rows * plain.Length * sizeof(double) > streamedFrom && plain.Length > 0 ? engine.NewRowFile(plain.Length) : null;
        var read = engine.Read(dataset.Id, [.. plain.Select(column => profiles[column.Name])], others, cancellationToken, file: file);
        if (read.Rows == 0)
            return (null, Impossible("datasetId", $"expected a data set with rows that have a value in '{target}', but '{dataset.Name}' has none"));
        var (labels, unknown) = LabelsOf(read.Others[levels.Length], model.Classes);
        if (unknown is not null)
            return (null, Impossible("target", $"expected values of the model's classes ({Shown(model.Classes)}), but '{target}' has {unknown}"));
        var weights = sampleWeight is null ? null : read.Others[levels.Length + 1].Numbers!;
        if (weights is not null && Array.TrueForAll(weights, weight => weight == 0))
            return (null, Impossible("sampleWeight", $"expected a weight above 0, but '{sampleWeight}' is 0 in every row"));
        var converted = new Converted(model, plain, levels, read);
        if (converted.Failure is { } wrong)
            return (null, wrong);
        var scores = new double[checked(read.Rows * model.Outputs)];
        var width = explains ? model.Columns.Count : 0;
        var contributions = new double[checked(read.Rows * width)];
        for (var first = 0; first < read.Rows; first += ChunkRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(ChunkRows, read.Rows - first);
            var ofChunk = scores.AsSpan(first * model.Outputs, count * model.Outputs);
            var ofColumns = contributions.AsSpan(first * width, count * width);
            if (converted.Score(first, count, ofChunk, ofColumns) is { } missing)
                return (null, missing);
        }

        return (new(labels, scores, weights, [.. read.Others.TakeLast(groupBy.Count)]) { Contributions = contributions }, null);
    }

    private static InputFailure? NamesFailure(Dataset dataset, Dictionary<string, ColumnProfile> profiles, ServedModel model, string target,
        string? sampleWeight, IReadOnlyList<string> groupBy)
    {
        if (!profiles.ContainsKey(target))
            return InputFailure.BadRequest("target", dataset.ExpectedColumn(target));
        if (sampleWeight is not null && !profiles.ContainsKey(sampleWeight))
            return InputFailure.BadRequest("sampleWeight", dataset.ExpectedColumn(sampleWeight));
        for (var i = 0; i < groupBy.Count; i++)
        {
            if (!profiles.ContainsKey(groupBy[i]))
                return InputFailure.BadRequest($"groupBy[{i}]", dataset.ExpectedColumn(groupBy[i]));
        }

        string[] lacking = [.. model.Columns.Where(column => !profiles.ContainsKey(column.Name)).Select(column => $"'{ShownText.Short(column.Name)}'")];
        if (lacking.Length > 0)
        {
            var more = lacking.Length > MostShown ? $" and {lacking.Length - MostShown} more" : "";
            return Impossible("datasetId",
                $"expected the columns that the model needs, but '{dataset.Name}' lacks {string.Join(", ", lacking.Take(MostShown))}{more}");
        }

        if (sampleWeight is not null && profiles[sampleWeight] is var weight && (weight.IsText || weight.Minimum < 0))
        {
            return Impossible("sampleWeight", $"expected a column of numbers of at least 0, but '{sampleWeight}' "
                + (weight.IsText ? "is text" : $"goes from {weight.Minimum} to {weight.Maximum}"));
        }

        return model.Columns.Where(column => column.Category is null && !profiles[column.Name].IsText
                && (profiles[column.Name].Type == ColumnType.DateTime) != (column.Type == ColumnType.DateTime))
            .Select(column => Impossible("datasetId",
                $"expected {(column.Type == ColumnType.DateTime ? "dates" : "numbers")} in '{column.Name}', as the model was trained on, but they are "
                + (column.Type == ColumnType.DateTime ? "numbers" : "dates")))
            .FirstOrDefault();
    }

    /// <summary>The class of each row, or the values that are none of the classes.</summary>
    private static (double[] Labels, string? Unknown) LabelsOf(ColumnValues target, IReadOnlyList<ClassLabel> classes)
    {
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        int Find(string text)
        {
            var index = classes.Index().Where(label => label.Item.Is(text)).Select(label => label.Index).FirstOrDefault(-1);
            if (index < 0)
                unknown.Add(text);
            return index;
        }

        double[] labels;
        if (target.Numbers is { } numbers)
        {
            var found = new Dictionary<double, int>();
            labels = Array.ConvertAll(numbers, number =>
            {
                if (!found.TryGetValue(number, out var index))
                    found[number] = index = Find(number.ToString("R", CultureInfo.InvariantCulture));
                return (double)index;
            });
        }
        else
        {
            int[] indices = [.. target.Levels.Select(Find)];
            labels = Array.ConvertAll(target.Codes!, code => (double)indices[code]);
        }

        return (labels, unknown.Count == 0 ? null : string.Join(", ", unknown.Take(MostShown).Select(text => $"'{ShownText.Short(text)}'")));
    }

    private static string Shown(IReadOnlyList<ClassLabel> classes) =>
        string.Join(", ", classes.Take(MostShown).Select(label => $"'{ShownText.Short(label.ToString())}'")) + (classes.Count > MostShown ? ", …" : "");

    private static InputFailure Impossible(string path, string message) => new(StatusCodes.Status422UnprocessableEntity, path, message);

    /// <summary>The values that were read, as the model takes them.</summary>
    private sealed class Converted
    {
        private readonly ServedModel _model;
        private readonly ServedColumn[] _plain;
        private readonly DatasetColumns _read;

        /// <summary>For each category of the model the code of each level, and its rows' levels.</summary>
        private readonly List<(ServedColumn Column, int[] Levels, int[] Codes)> _categories = [];

        /// <summary>For each number that is text in the data set the number of each level.</summary>
        private readonly List<(ServedColumn Column, int[] Levels, double[] Numbers)> _texts = [];

        public Converted(ServedModel model, ServedColumn[] plain, ServedColumn[] levels, DatasetColumns read)
        {
            (_model, _plain, _read) = (model, plain, read);
            for (var i = 0; i < levels.Length && Failure is null; i++)
            {
                var (column, values) = (levels[i], read.Others[i]);
                if (column.Category is null)
                    _texts.Add((column, values.Codes!, [.. values.Levels.Select(text => NumberOf(column, text))]));
                else
                    _categories.Add((column, values.Codes!, [.. values.Levels.Select(text => CodeOf(column, text))]));
            }
        }

        public InputFailure? Failure { get; private set; }

        /// <summary>Scores some rows; or why a row of them can't be scored.</summary>
        public InputFailure? Score(int first, int count, Span<double> scores, Span<double> contributions)
        {
            var numbers = new double[count * _model.NumberColumns];
            if (_plain.Length > 0)
            {
                var values = new double[count * _plain.Length];
                _read.Numbers!.CopyRows(first, count, values, _plain.Length);
                for (var i = 0; i < count; i++)
                {
                    for (var k = 0; k < _plain.Length; k++)
                        numbers[i * _model.NumberColumns + _plain[k].Index] = values[i * _plain.Length + k];
                }
            }

            foreach (var (column, levels, values) in _texts)
            {
                for (var i = 0; i < count; i++)
                    numbers[i * _model.NumberColumns + column.Index] = levels[first + i] < 0 ? double.NaN : values[levels[first + i]];
            }

            if (!_model.TakesMissing && Array.FindIndex(numbers, double.IsNaN) is >= 0 and var missing)
            {
                var name = _model.Columns.First(column => column.Category is null && column.Index == missing % _model.NumberColumns).Name;
                return Impossible("datasetId", $"expected a number in each row of '{name}', which this model needs, but one lacks a value");
            }

            var codes = new int[_model.CategoryColumns][];
            foreach (var (column, levels, known) in _categories)
            {
                var ofRows = codes[column.Index] = new int[count];
                for (var i = 0; i < count; i++)
                    ofRows[i] = levels[first + i] < 0 ? FittedCategory.MissingCode : known[levels[first + i]];
            }

            // Before the scores: they write fills over missing values, whose indicators an explanation needs.
            if (!contributions.IsEmpty)
                _model.Explainer!.Explain(numbers, codes, [], contributions);
            _model.Score(numbers, codes, scores);
            return null;
        }

        private double NumberOf(ServedColumn column, string text)
        {
            if (column.NumberOf(Encoding.UTF8.GetBytes(text), column.Convention, MissingWords.Default) is { } number && !double.IsInfinity(number))
                return number;
            Failure ??= Impossible("datasetId",
                $"expected {column.Expected(Encoding.UTF8.GetBytes(text), column.Convention.Dates)} in each row of '{column.Name}', got "
                    + $"'{ShownText.Short(text)}'");
            return double.NaN;
        }

        private int CodeOf(ServedColumn column, string text)
        {
            var code = column.Category!.CodeOf(text);
            if (code == FittedCategory.UnknownCode)
                code = column.CodeOf(text, column.Convention, MissingWords.Default);
            if (code == FittedCategory.UnknownCode && column.Category.Unknown == UnknownLevel.Error)
                Failure ??= Impossible("datasetId", $"expected levels that the model has seen in '{column.Name}', got '{ShownText.Short(text)}'");
            return code;
        }
    }
}
