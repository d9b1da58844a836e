using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>A version of a model, ready to predict.</summary>
internal sealed class ServedModel
{
    private readonly HashSet<string> _names;

    /// <summary>For two classes; null for more.</summary>
    private readonly PreparedModel? _ofTwo;

    /// <summary>For more than two classes; null for two.</summary>
    private readonly PreparedMultinomialModel? _ofMore;

    public ServedModel(string name, int version, string? target, TrainedModel trained)
    {
        Name = new(name, version);
        Target = target;
        Trained = trained;
        Classes = trained.Classes;
        TakesMissing = trained.Preparation is not null;
        // A model stored without a preparation, by an older version, takes numbers under the names of its terms, and none may be missing.
        var columns = trained.Preparation?.Where(column => column.Treatment != Treatment.LeftOut).ToArray()
            ?? [.. trained.Coefficients.Select(coefficient => new PreparedColumn(coefficient.Term, ColumnType.Number, Treatment.Number))];
        LeftOut = trained.Preparation?.Where(column => column.Treatment == Treatment.LeftOut).Select(column => column.Name)
            .ToHashSet(StringComparer.Ordinal) ?? [];
        var preparation = new Preparation([.. columns.Select(column => column.Fitted())]);
        if (trained.Intercepts is { } intercepts)
        {
            double[][] coefficients = [.. Classes.Select((_, k) => trained.Coefficients.Select(coefficient => coefficient.Estimates![k]).ToArray())];
            _ofMore = new(preparation, new MultinomialModel([.. intercepts], coefficients, trained.MultiClass!.Value));
        }
        else
        {
            double[] coefficients = [.. trained.Coefficients.Select(coefficient => coefficient.Estimate!.Value)];
            _ofTwo = new(preparation, new LogisticModel(trained.Intercept!.Value, coefficients));
        }

        var (numbers, categories) = (0, 0);
        var decimalPoint = trained.DecimalPoint is [var sign] ? sign : '.';
        Columns =
        [
            .. columns.Zip(
                preparation.Columns,
                (column, fitted) => new ServedColumn(column, fitted, fitted is FittedCategory ? categories++ : numbers++, decimalPoint, TakesMissing)),
        ];
        (NumberColumns, CategoryColumns) = (numbers, categories);
        _names = Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
    }

    public ServedModel(ModelVersion version)
        : this(version.Name, version.Version, version.Target, version.Trained)
    {
    }

    public ModelVersionName Name { get; }

    public string? Target { get; }

    public TrainedModel Trained { get; }

    public IReadOnlyList<ClassLabel> Classes { get; }

    /// <summary>The columns that the model needs, in the order of its terms.</summary>
    public IReadOnlyList<ServedColumn> Columns { get; }

    /// <summary>Columns of the training data that the model does not use; predictions ignore them and do not report them as unknown.</summary>
    public IReadOnlySet<string> LeftOut { get; }

    public int NumberColumns { get; }

    public int CategoryColumns { get; }

    public bool TakesMissing { get; }

    /// <summary>The probabilities of a row: that of the second class of two, or that of each class of more.</summary>
    public int Outputs => _ofMore is null ? 1 : Classes.Count;

    /// <inheritdoc cref="PreparedModel.PredictProbabilities"/>
    public void Predict(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> probabilities)
    {
        if (_ofMore is null)
            _ofTwo!.PredictProbabilities(numbers, codes, probabilities);
        else
            _ofMore.PredictProbabilities(numbers, codes, probabilities);
    }

    /// <summary>The same for rows of numbers, one for each coefficient.</summary>
    public void Predict(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        if (_ofMore is null)
            _ofTwo!.Model.PredictProbabilities(rows, probabilities);
        else
            _ofMore.Model.PredictProbabilities(rows, probabilities);
    }

    /// <summary>Whether the model does not know a column that came with the observations.</summary>
    public bool IsUnknown(string column) => column != Target && !LeftOut.Contains(column) && !_names.Contains(column);
}
