using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// A model with its preparation, which predicts raw rows: numbers, and for each category the codes of its levels
/// (<see cref="FittedCategory.CodeOf"/>). It looks up the coefficient of a level, and never makes a design row. Immutable, and safe to use from many threads.
/// </summary>
public sealed class PreparedModel
{
    /// <summary>The model of the number columns alone; null if there are none.</summary>
    private readonly LogisticModel? _numbers;
    private readonly double[] _fills;

    /// <summary>What a missing number adds to the margin in addition to its fill: the coefficient of its indicator, or 0.</summary>
    private readonly double[] _indicators;
    private readonly FittedCategory[] _categories;

    /// <summary>For each category what each code adds to the margin, from <see cref="FittedCategory.UnknownCode"/> on.</summary>
    private readonly double[][] _levels;

    /// <exception cref="ArgumentException">The numbers of the model's coefficients and the preparation's terms differ.</exception>
    public PreparedModel(Preparation preparation, LogisticModel model)
    {
        ArgumentNullException.ThrowIfNull(preparation);
        ArgumentNullException.ThrowIfNull(model);
        (Preparation, Model) = (preparation, model);
        var terms = ModelTerms.Of(preparation, model.Coefficients);
        _numbers = terms.Numbers.Length == 0 ? null : new LogisticModel(model.Intercept, terms.Numbers);
        (_fills, _indicators, _levels) = (terms.Fills, terms.Indicators, terms.Levels);
        _categories = [.. preparation.Columns.OfType<FittedCategory>()];
    }

    public Preparation Preparation { get; }

    /// <summary>The model of the design columns.</summary>
    public LogisticModel Model { get; }

    /// <summary>Margins (log-odds) of n rows: intercept + numbersᵀcoefficients + the coefficient of each category's level.</summary>
    /// <param name="numbers">Row-major, n × number columns, NaN where a value is missing. Fills are written over missing values.</param>
    /// <param name="codes">For each category n codes, as <see cref="FittedCategory.CodeOf"/> gives them.</param>
    /// <param name="margins">Receives the n margins.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not agree, a code is not one of its category, or a level is unknown and that is an error (<see cref="UnknownLevel.Error"/>).
    /// </exception>
    public void PredictMargins(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> margins)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (codes.Count != _categories.Length)
            throw new ArgumentException($"There are {_categories.Length} categories, but codes for {codes.Count}.", nameof(codes));
        if (_numbers is not null)
            AddNumbers(_numbers, numbers, margins);
        else if (numbers.IsEmpty)
            margins.Fill(Model.Intercept);
        else
            throw new ArgumentException($"Expected no numbers, got {numbers.Length}.", nameof(numbers));
        for (var c = 0; c < _categories.Length; c++)
            AddCategory(_categories[c], _levels[c], codes[c], margins);
    }

    /// <summary>
    /// Probabilities of label 1, otherwise like <see cref="PredictMargins"/>. For a model without categories the bits are those of
    /// <see cref="LogisticModel.PredictProbabilities"/>.
    /// </summary>
    /// <exception cref="ArgumentException">For the same reasons as in <see cref="PredictMargins"/>.</exception>
    public void PredictProbabilities(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> probabilities)
    {
        PredictMargins(numbers, codes, probabilities);
        Elementwise.Apply<Sigmoid.Function, double>(probabilities, probabilities, []);
    }

    private void AddNumbers(LogisticModel model, Span<double> numbers, Span<double> margins)
    {
        model.PredictMargins(numbers, margins);
        for (var i = 0; i < margins.Length; i++)
        {
            // The margin of a row with a NaN is NaN, so other rows need no search for missing values.
            if (!double.IsNaN(margins[i]))
                continue;
            var row = numbers.Slice(i * _fills.Length, _fills.Length);
            var indicators = 0.0;
            for (var k = 0; k < row.Length; k++)
            {
                if (double.IsNaN(row[k]))
                    (row[k], indicators) = (_fills[k], indicators + _indicators[k]);
            }
            model.PredictMargins(row, margins.Slice(i, 1));
            margins[i] += indicators;
        }
    }

    private static void AddCategory(FittedCategory category, double[] levels, int[] codes, Span<double> margins)
    {
        ModelTerms.RequireCodes(category, levels.Length, codes, margins.Length);
        for (var i = 0; i < codes.Length; i++)
            margins[i] += levels[codes[i] - FittedCategory.UnknownCode];
    }
}
