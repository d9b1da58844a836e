using SigmoidApi.Compute.Explanation;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Models;

/// <summary>
/// What each column adds to the log-odds of a row, against the mean of the training rows; see <see cref="Contributions"/>. With more than two classes it is
/// about the predicted class: its margin less the mean margin of all classes, or with one-vs-rest its own log-odds.
/// </summary>
internal sealed class ModelExplainer
{
    private readonly Contributions[] _ofClasses;
    private readonly double[][] _coefficients;
    private readonly IReadOnlyList<double> _means;

    /// <param name="preparation">How raw columns become terms.</param>
    /// <param name="trained">The model.</param>
    /// <param name="means">The mean of each term over the training rows.</param>
    public ModelExplainer(Preparation preparation, TrainedModel trained, IReadOnlyList<double> means)
    {
        _means = means;
        var (intercepts, coefficients) = ParametersOf(trained);
        _coefficients = coefficients;
        _ofClasses = [.. coefficients.Select((ofClass, k) => new Contributions(preparation, intercepts[k], ofClass, means))];
    }

    /// <summary>The number of raw columns.</summary>
    public int Columns => _ofClasses[0].Columns;

    /// <summary>The number of terms.</summary>
    public int Terms => _means.Count;

    /// <summary>The mean log-odds of the training rows; with more than two classes for each class.</summary>
    public double Baseline(int predicted) => OfClass(predicted).Baseline;

    /// <summary>Writes what each raw column adds.</summary>
    /// <param name="numbers">The numbers of the rows, NaN where a value is missing.</param>
    /// <param name="codes">For each category the code of each row.</param>
    /// <param name="predicted">The index of each row's class; only with more than two classes.</param>
    /// <param name="contributions">Receives rows × columns.</param>
    public void Explain(ReadOnlySpan<double> numbers, IReadOnlyList<int[]> codes, ReadOnlySpan<int> predicted, Span<double> contributions)
    {
        if (_ofClasses.Length == 1)
        {
            _ofClasses[0].Explain(numbers, codes, contributions);
            return;
        }

        var ofClass = new double[contributions.Length];
        for (var k = 0; k < _ofClasses.Length; k++)
        {
            if (!predicted.Contains(k))
                continue;
            _ofClasses[k].Explain(numbers, codes, ofClass);
            for (var i = 0; i < predicted.Length; i++)
            {
                if (predicted[i] == k)
                    ofClass.AsSpan(i * Columns, Columns).CopyTo(contributions[(i * Columns)..]);
            }
        }
    }

    /// <summary>The same for rows of terms.</summary>
    /// <param name="rows">Rows × terms.</param>
    /// <param name="predicted">The index of each row's class; only with more than two classes.</param>
    /// <param name="contributions">Receives rows × terms.</param>
    public void ExplainTerms(ReadOnlySpan<double> rows, ReadOnlySpan<int> predicted, Span<double> contributions)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var (row, term) = Math.DivRem(i, Terms);
            var coefficients = _coefficients[_coefficients.Length == 1 ? 0 : predicted[row]];
            contributions[i] = coefficients[term] * (rows[i] - _means[term]);
        }
    }

    private Contributions OfClass(int predicted) => _ofClasses[_ofClasses.Length == 1 ? 0 : predicted];

    private static (double[] Intercepts, double[][] Coefficients) ParametersOf(TrainedModel trained)
    {
        if (trained.Intercepts is not { } intercepts)
            return ([trained.Intercept!.Value], [[.. trained.Coefficients.Select(coefficient => coefficient.Estimate!.Value)]]);
        var isSoftmax = trained.MultiClass != MultiClass.OneVsRest;
        var center = isSoftmax ? intercepts.Average() : 0;
        double[] centers = [.. trained.Coefficients.Select(coefficient => isSoftmax ? coefficient.Estimates!.Average() : 0)];
        return (
            [.. intercepts.Select(intercept => intercept - center)],
            [.. intercepts.Select((_, k) => trained.Coefficients.Select((coefficient, j) => coefficient.Estimates![k] - centers[j]).ToArray())]);
    }
}
