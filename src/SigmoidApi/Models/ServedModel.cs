using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Simd;
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

    /// <summary>Null if the probabilities are those of the fit.</summary>
    private readonly ScoreCalibration? _calibration;

    public ServedModel(string name, int version, string? target, TrainedModel trained)
    {
        Name = new(name, version);
        Target = target;
        Trained = trained;
        Classes = trained.Classes;
        TakesMissing = trained.Preparation is not null;
        _calibration = trained.Calibration?.ToScores(trained.Classes.Count);
        // A model stored without a preparation, by an older version, takes numbers under the names of its terms, and none may be missing.
        var columns = trained.Preparation?.Where(column => column.Treatment != Treatment.LeftOut).ToArray()
            ?? [.. trained.Coefficients.Select(coefficient => new PreparedColumn(coefficient.Term, ColumnType.Number, Treatment.Number))];
        LeftOut = trained.Preparation?.Where(column => column.Treatment == Treatment.LeftOut).Select(column => column.Name)
            .ToHashSet(StringComparer.Ordinal) ?? [];
        var preparation = new Preparation([.. columns.Select(column => column.Fitted())]);
        Explainer = trained.TermMeans is { } means ? new(preparation, trained, means) : null;
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
        : this(version.Name, version.Version, version.Target, version.Trained) => DatasetId = version.DatasetId;

    public ModelVersionName Name { get; }

    public string? Target { get; }

    /// <summary>The data set that it was trained on; null if the data came with the request, or in a worker process.</summary>
    public Guid? DatasetId { get; }

    public TrainedModel Trained { get; }

    /// <summary>The lowest probability that is predicted as the second class of two, where the request names none.</summary>
    public double Threshold { get; init; } = LogisticModel.DefaultThreshold;

    public IReadOnlyList<ClassLabel> Classes { get; }

    /// <summary>The model of two classes, before calibration; null for more.</summary>
    public PreparedModel? OfTwo => _ofTwo;

    /// <summary>Explains predictions; null for a model that was stored before explanations, and so without the means of its terms.</summary>
    public ModelExplainer? Explainer { get; }

    /// <summary>The columns that the model needs, in the order of its terms.</summary>
    public IReadOnlyList<ServedColumn> Columns { get; }

    /// <summary>Columns of the training data that the model does not use; predictions ignore them and do not report them as unknown.</summary>
    public IReadOnlySet<string> LeftOut { get; }

    public int NumberColumns { get; }

    public int CategoryColumns { get; }

    public bool TakesMissing { get; }

    /// <summary>The probabilities of a row: that of the second class of two, or that of each class of more.</summary>
    public int Outputs => _ofMore is null ? 1 : Classes.Count;

    /// <summary>Whether <see cref="Predict(Span{double}, IReadOnlyList{int[]}, Span{double}, Span{double})"/> gives calibrated probabilities.</summary>
    public bool IsCalibrated => _calibration is not null;

    /// <summary>The probabilities of rows, calibrated if the version has a calibration.</summary>
    /// <param name="numbers">Row-major, n × number columns, NaN where a value is missing. Fills are written over missing values.</param>
    /// <param name="codes">For each category n codes.</param>
    /// <param name="probabilities">Receives one for each row and output.</param>
    /// <param name="raw">Receives those of the fit itself; empty if they are not wanted.</param>
    public void Predict(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> probabilities, Span<double> raw = default)
    {
        if (_calibration is not null)
        {
            ScoreOfFit(numbers, codes, probabilities);
            Calibrate(probabilities, raw);
            return;
        }

        if (_ofMore is null)
            _ofTwo!.PredictProbabilities(numbers, codes, probabilities);
        else
            _ofMore.PredictProbabilities(numbers, codes, probabilities);
        if (!raw.IsEmpty)
            probabilities.CopyTo(raw);
    }

    /// <summary>The same for rows of numbers, one for each coefficient.</summary>
    public void Predict(ReadOnlySpan<double> rows, Span<double> probabilities, Span<double> raw = default)
    {
        if (_calibration is not null)
        {
            if (_ofMore is null)
                _ofTwo!.Model.PredictMargins(rows, probabilities);
            else
                _ofMore.Model.PredictMargins(rows, probabilities);
            ToScores(probabilities);
            Calibrate(probabilities, raw);
            return;
        }

        if (_ofMore is null)
            _ofTwo!.Model.PredictProbabilities(rows, probabilities);
        else
            _ofMore.Model.PredictProbabilities(rows, probabilities);
        if (!raw.IsEmpty)
            probabilities.CopyTo(raw);
    }

    /// <summary>
    /// The scores of rows, calibrated if the version has a calibration: the log-odds of the second class of two; of more the margins of softmax regression, or
    /// log σ of those of one-vs-rest, whose softmax the probabilities are.
    /// </summary>
    /// <param name="numbers">As for <see cref="Predict(Span{double}, IReadOnlyList{int[]}, Span{double}, Span{double})"/>.</param>
    /// <param name="codes">For each category the code of each row.</param>
    /// <param name="scores">Receives a score for each row and output.</param>
    public void Score(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> scores)
    {
        ScoreOfFit(numbers, codes, scores);
        _calibration?.ToScores(scores);
    }

    private void ScoreOfFit(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> scores)
    {
        if (_ofMore is null)
            _ofTwo!.PredictMargins(numbers, codes, scores);
        else
            _ofMore.PredictMargins(numbers, codes, scores);
        ToScores(scores);
    }

    private void ToScores(Span<double> margins)
    {
        if (_ofMore is not null)
            MultinomialModel.ToScores(margins, _ofMore.Model.MultiClass);
    }

    /// <summary>The one place where the map is applied to probabilities.</summary>
    private void Calibrate(Span<double> scores, Span<double> raw)
    {
        if (!raw.IsEmpty && _ofMore is null)
            Elementwise.Apply<Sigmoid.Function, double>(scores, raw, []);
        else if (!raw.IsEmpty)
            Softmax.Values(scores, Classes.Count, raw);
        _calibration!.ToProbabilities(scores);
    }

    /// <summary>Whether the model does not know a column that came with the observations.</summary>
    public bool IsUnknown(string column) => column != Target && !LeftOut.Contains(column) && !_names.Contains(column);
}
