using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// A model of K classes with its preparation, which predicts raw rows: numbers, and for each category the codes of its levels
/// (<see cref="FittedCategory.CodeOf"/>). It never makes a design row. Immutable, and safe to use from many threads.
/// </summary>
public sealed class PreparedMultinomialModel
{
    /// <summary>The model of the number columns alone; null if there are none.</summary>
    private readonly MultinomialModel? _numbers;
    private readonly ModelTerms[] _terms;
    private readonly FittedCategory[] _categories;

    /// <exception cref="ArgumentException">The numbers of the model's coefficients and the preparation's terms differ.</exception>
    public PreparedMultinomialModel(Preparation preparation, MultinomialModel model)
    {
        ArgumentNullException.ThrowIfNull(preparation);
        ArgumentNullException.ThrowIfNull(model);
        (Preparation, Model) = (preparation, model);
        _terms = [.. Enumerable.Range(0, model.Classes).Select(k => ModelTerms.Of(preparation, model.Coefficients(k)))];
        _numbers = _terms[0].Numbers.Length == 0
            ? null
            : new MultinomialModel(model.Intercepts.ToArray(), [.. _terms.Select(terms => terms.Numbers)], model.MultiClass);
        _categories = [.. preparation.Columns.OfType<FittedCategory>()];
    }

    public Preparation Preparation { get; }

    /// <summary>The model of the design columns.</summary>
    public MultinomialModel Model { get; }

    /// <summary>Margins of n rows: for each class its intercept + numbersᵀcoefficients + the coefficient of each category's level.</summary>
    /// <param name="numbers">Row-major, n × number columns, NaN where a value is missing. Fills are written over missing values.</param>
    /// <param name="codes">For each category n codes, as <see cref="FittedCategory.CodeOf"/> gives them.</param>
    /// <param name="margins">Receives n × K, row-major.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not agree, a code is not one of its category, or a level is unknown and that is an error (<see cref="UnknownLevel.Error"/>).
    /// </exception>
    public void PredictMargins(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> margins)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (codes.Count != _categories.Length)
            throw new ArgumentException($"There are {_categories.Length} categories, but codes for {codes.Count}.", nameof(codes));
        var classes = Model.Classes;
        if (_numbers is not null)
            AddNumbers(_numbers, numbers, margins);
        else if (!numbers.IsEmpty)
            throw new ArgumentException($"Expected no numbers, got {numbers.Length}.", nameof(numbers));
        else
            Repeat(Model.Intercepts, margins);
        for (var c = 0; c < _categories.Length; c++)
        {
            ModelTerms.RequireCodes(_categories[c], _terms[0].Levels[c].Length, codes[c], margins.Length / classes);
            for (var k = 0; k < classes; k++)
            {
                var levels = _terms[k].Levels[c];
                for (var i = 0; i < codes[c].Length; i++)
                    margins[i * classes + k] += levels[codes[c][i] - FittedCategory.UnknownCode];
            }
        }
    }

    /// <summary>Probabilities of the classes, otherwise like <see cref="PredictMargins"/>.</summary>
    /// <exception cref="ArgumentException">For the same reasons as in <see cref="PredictMargins"/>.</exception>
    public void PredictProbabilities(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> probabilities)
    {
        PredictMargins(numbers, codes, probabilities);
        Model.ToProbabilities(probabilities);
    }

    private void AddNumbers(MultinomialModel model, Span<double> numbers, Span<double> margins)
    {
        model.PredictMargins(numbers, margins);
        var classes = model.Classes;
        var fills = _terms[0].Fills;
        for (var i = 0; i < margins.Length / classes; i++)
        {
            // The margins of a row with a NaN are NaN, so other rows need no search for missing values.
            if (!double.IsNaN(margins[i * classes]))
                continue;
            var row = numbers.Slice(i * fills.Length, fills.Length);
            var isMissing = new bool[fills.Length];
            for (var j = 0; j < row.Length; j++)
            {
                isMissing[j] = double.IsNaN(row[j]);
                row[j] = isMissing[j] ? fills[j] : row[j];
            }
            model.PredictMargins(row, margins.Slice(i * classes, classes));
            for (var k = 0; k < classes; k++)
            {
                for (var j = 0; j < row.Length; j++)
                    margins[i * classes + k] += isMissing[j] ? _terms[k].Indicators[j] : 0;
            }
        }
    }

    private static void Repeat(ReadOnlySpan<double> values, Span<double> target)
    {
        for (var first = 0; first < target.Length; first += values.Length)
            values.CopyTo(target[first..]);
    }
}
