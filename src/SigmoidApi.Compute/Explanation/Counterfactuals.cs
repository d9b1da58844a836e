using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Explanation;

/// <summary>
/// Finds the least change of a record that reaches a probability: the fewest columns, then the least distance (<see cref="Counterfactual.Distance"/>). The
/// log-odds are a sum over the columns, so what each column can add decides how many must change; which of them, and how far, is a search.
/// </summary>
public static class Counterfactuals
{
    /// <summary>Relative to the needed log-odds: rounding of a sum of contributions.</summary>
    private const double Tolerance = 1e-12;

    /// <summary>The change of a record. A record below the target is raised to at least it, one above is lowered to at most it.</summary>
    /// <param name="model">The model of two classes.</param>
    /// <param name="numbers">The record's numbers, NaN where a value is missing.</param>
    /// <param name="codes">For each category the record's code.</param>
    /// <param name="target">The probability of label 1 to reach, between 0 and 1.</param>
    /// <param name="vary">The columns that may change, each once.</param>
    /// <param name="maxSteps">The most steps of the search.</param>
    /// <param name="cancellationToken">Checked at every step.</param>
    /// <exception cref="ArgumentException">
    /// The target is not between 0 and 1, a column is not the model's, of the other kind or repeated, or a number to change is missing.
    /// </exception>
    public static Counterfactual Find(PreparedModel model, ReadOnlySpan<double> numbers, IReadOnlyList<int> codes, double target,
        IReadOnlyList<VariedColumn> vary, long maxSteps = 1_000_000, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(vary);
        if (target is not (> 0 and < 1))
            throw new ArgumentException($"Expected a probability between 0 and 1, got {target}.", nameof(target));
        var record = new Record(model, numbers.ToArray(), [.. codes], target, vary);
        if (record.Reaches())
            return record.Result(0, isLeast: true, reached: true);
        Gain[] gains = [.. Enumerable.Range(0, vary.Count).Select(record.GainOf).OfType<Gain>()];
        var tolerance = Tolerance * Math.Max(1, record.Need);
        double[] largest = [.. gains.Select(gain => gain.Most).OrderDescending()];
        var (size, sum) = (0, 0.0);
        while (size < largest.Length && sum < record.Need - tolerance)
            sum += largest[size++];
        for (; sum >= record.Need - tolerance && size <= largest.Length; size++)
        {
            var found = LeastChange.Find(gains, record.Need, tolerance, size, maxSteps, cancellationToken);
            if (found is { } change && record.Apply(change.Amounts))
                return record.Result(record.Distance(), change.IsLeast, reached: true);
        }

        record.Apply([.. gains.Select(gain => (gain, gain.Most))]);
        return record.Result(record.Distance(), isLeast: true, record.Reaches());
    }

    /// <summary>A record that is changed and predicted.</summary>
    private sealed class Record
    {
        // Rounding may leave a number a few ulp short; each try goes twice as far.
        private const int MaxNudges = 40;

        private readonly PreparedModel _model;
        private readonly ModelTerms _terms;
        private readonly double[] _numbers;
        private readonly int[] _codes;
        private readonly double _target;
        private readonly IReadOnlyList<VariedColumn> _vary;
        private readonly int _sign;

        /// <summary>For each varied column its index among the numbers or the categories.</summary>
        private readonly int[] _places;
        private double[] _newNumbers;
        private int[] _newCodes;

        public Record(PreparedModel model, double[] numbers, int[] codes, double target, IReadOnlyList<VariedColumn> vary)
        {
            (_model, _numbers, _codes, _target, _vary) = (model, numbers, codes, target, vary);
            (_newNumbers, _newCodes) = (numbers, codes);
            _terms = ModelTerms.Of(model.Preparation, model.Model.Coefficients);
            _places = [.. vary.Select(PlaceOf)];
            if (vary.DistinctBy(column => column.Column).Count() < vary.Count)
                throw new ArgumentException("Expected each column once.", nameof(vary));
            var margin = new double[1];
            model.PredictMargins([.. numbers], OneRow(codes), margin);
            var need = Math.Log(target) - Math.Log(1 - target) - margin[0];
            (_sign, Need) = (need < 0 ? -1 : 1, Math.Abs(need));
        }

        /// <summary>What is missing to the target's log-odds, at least 0.</summary>
        public double Need { get; }

        /// <summary>What a varied column can add in the wanted direction; null for nothing.</summary>
        public Gain? GainOf(int index)
        {
            var (column, place) = (_vary[index], _places[index]);
            if (column.Codes is { } codes)
            {
                var best = codes.Select(code => GainOfCode(place, code)).DefaultIfEmpty(0).Max();
                return best > 0 ? new(index, best, best, 1 / best, 0) : null;
            }

            var slope = _sign * _terms.Numbers[place];
            var (start, isUp) = (_numbers[place], slope > 0);
            var far = isUp ? column.High : column.Low;
            if (slope == 0 || column.Low > column.High || (isUp ? far <= start : far >= start))
                return null;
            slope = Math.Abs(slope);
            return new(index, slope * Math.Abs(Near(column, start, isUp) - start), slope * Math.Abs(far - start), 1 / (slope * column.Scale),
                column.IsWhole ? slope : 0);
        }

        /// <summary>Changes the columns by these gains, and says whether the prediction reaches the target.</summary>
        public bool Apply((Gain Gain, double Amount)[] amounts)
        {
            (_newNumbers, _newCodes) = ([.. _numbers], [.. _codes]);
            var slack = amounts.Sum(amount => amount.Amount) - Need - Tolerance * Math.Max(1, Need);
            foreach (var (gain, amount) in amounts)
            {
                var (column, place) = (_vary[gain.Place], _places[gain.Place]);
                if (column.Codes is { } codes)
                {
                    // Levels are equally far, so the one that goes least beyond the target is as near.
                    var least = Math.Min(amount, amount - slack);
                    _newCodes[place] = codes.Where(code => GainOfCode(place, code) >= least).MinBy(code => GainOfCode(place, code));
                    slack -= Math.Max(0, amount - GainOfCode(place, _newCodes[place]));
                    continue;
                }

                var (start, slope) = (_numbers[place], _sign * _terms.Numbers[place]);
                var value = start + amount / slope;
                if (column.IsWhole)
                    value = Near(column, start, slope > 0) + Math.Sign(slope) * Math.Round((amount - gain.Least) / gain.Step);
                _newNumbers[place] = Math.Clamp(value, column.Low, column.High);
            }

            return Reaches() || amounts.Any(amount => _vary[amount.Gain.Place].Codes is null && Nudge(amount.Gain.Place));
        }

        public bool Reaches() => Predict() is var probability && (_sign > 0 ? probability >= _target : probability <= _target);

        /// <summary>The sum over the changed columns.</summary>
        public double Distance() => _vary.Zip(_places).Sum(varied => varied.First.Codes is not null
            ? _newCodes[varied.Second] == _codes[varied.Second] ? 0 : 1
            : _newNumbers[varied.Second].Equals(_numbers[varied.Second]) ? 0
            : Math.Abs(_newNumbers[varied.Second] - _numbers[varied.Second]) / varied.First.Scale);

        public Counterfactual Result(double distance, bool isLeast, bool reached) => new(reached, Predict(), distance, isLeast,
            [.. _vary.Zip(_places).Where(IsChanged).OrderBy(varied => varied.First.Column).Select(varied => varied.First.Codes is null
                ? new ChangedColumn(varied.First.Column, _newNumbers[varied.Second], null)
                : new ChangedColumn(varied.First.Column, null, _newCodes[varied.Second]))]);

        private bool IsChanged((VariedColumn Column, int Place) varied) => varied.Column.Codes is null
            ? !_newNumbers[varied.Place].Equals(_numbers[varied.Place])
            : _newCodes[varied.Place] != _codes[varied.Place];

        /// <summary>Moves a number a little further.</summary>
        private bool Nudge(int index)
        {
            var (column, place) = (_vary[index], _places[index]);
            var (value, direction) = (_newNumbers[place], Math.Sign(_sign * _terms.Numbers[place]));
            var step = column.IsWhole ? 1 : Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);
            for (var i = 0; i < (column.IsWhole ? 1 : MaxNudges); i++, step *= 2)
            {
                _newNumbers[place] = Math.Clamp(value + direction * step, column.Low, column.High);
                if (Reaches())
                    return true;
                // What is still short after a change of 1e-9 is no rounding.
                if (!column.IsWhole && step > 1e-9 * Math.Max(column.Scale, Math.Abs(value)))
                    break;
            }

            _newNumbers[place] = value;
            return false;
        }

        private double Predict()
        {
            var probability = new double[1];
            _model.PredictProbabilities([.. _newNumbers], OneRow(_newCodes), probability);
            return probability[0];
        }

        private double GainOfCode(int place, int code)
        {
            var levels = _terms.Levels[place];
            return _sign * (levels[code - FittedCategory.UnknownCode] - levels[_codes[place] - FittedCategory.UnknownCode]);
        }

        /// <summary>The first allowed value beyond the start.</summary>
        private static double Near(VariedColumn column, double start, bool isUp) => (isUp, column.IsWhole) switch
        {
            (true, false) => Math.Max(column.Low, start),
            (true, true) => Math.Max(column.Low, Math.Floor(start) + 1),
            (false, false) => Math.Min(column.High, start),
            (false, true) => Math.Min(column.High, Math.Ceiling(start) - 1),
        };

        private int PlaceOf(VariedColumn varied)
        {
            var columns = _model.Preparation.Columns;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)varied.Column, (uint)columns.Count, nameof(varied));
            var isCategory = columns[varied.Column] is FittedCategory;
            if (isCategory != varied.Codes is not null)
                throw new ArgumentException($"'{columns[varied.Column].Name}' is {(isCategory ? "a category" : "a number")}.", nameof(varied));
            var place = columns.Take(varied.Column).Count(column => column is FittedCategory == isCategory);
            if (!isCategory && double.IsNaN(_numbers[place]))
                throw new ArgumentException($"'{columns[varied.Column].Name}' has no value to change.", nameof(varied));
            return place;
        }

        private static int[][] OneRow(int[] codes) => Array.ConvertAll(codes, code => new[] { code });
    }
}
