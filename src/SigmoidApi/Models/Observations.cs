using SigmoidApi.Http;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>What a model is to predict, as rows in the order of its terms, from whichever form the request has; or why it can't be.</summary>
internal readonly struct Observations : IDisposable
{
    private readonly Matrix? _values;
    private readonly bool _owned;

    private Observations(Matrix values, bool owned)
    {
        _values = values;
        _owned = owned;
    }

    private Observations(string path, string message) => Failure = new InputFailure(StatusCodes.Status400BadRequest, path, message);

    public InputFailure? Failure { get; }

    public int Rows => _values!.Rows;

    /// <summary>Row by row.</summary>
    public ReadOnlySpan<double> Values => _values!.Values;

    public static Observations From(PredictWithModelRequest request, IReadOnlyList<string> terms)
    {
        var observations = request switch
        {
            { Features: { } features } => From(features, terms),
            { Rows: { } rows } => From(rows, terms),
            _ => From(request.Columns!, terms),
        };
        if (observations.Failure is null && observations.FirstNonFinite() is >= 0 and var bad)
        {
            var (row, column) = Math.DivRem(bad, terms.Count);
            var path = request switch
            {
                { Features: not null } => $"features[{row}][{column}]",
                { Rows: not null } => $"rows[{row}]{JsonPath.Member(terms[column])}",
                _ => $"columns{JsonPath.Member(terms[column])}[{row}]",
            };
            var message = $"expected a finite number, got {observations.Values[bad]}";
            observations.Dispose();
            return new(path, message);
        }

        return observations;
    }

    public void Dispose()
    {
        if (_owned)
            _values!.Dispose();
    }

    private static Observations From(Matrix features, IReadOnlyList<string> terms) =>
        features.Rows == 0 ? new("features", "expected at least one row")
        : features.Columns != terms.Count ? new("features[0]", $"expected {terms.Count} numbers, one for each of the model's coefficients, got {features.Columns}")
        : new(features, owned: false);

    private static Observations From(Records rows, IReadOnlyList<string> terms)
    {
        if (rows.Count == 0)
            return new("rows", "expected at least one record");
        var values = Matrix.Rent(rows.Count, terms.Count);
        for (var j = 0; j < terms.Count; j++)
        {
            var column = rows.IndexOf(terms[j]);
            var lacking = column < 0 ? 0 : rows.CopyColumn(column, values.Values[j..], terms.Count);
            if (lacking >= 0)
            {
                values.Dispose();
                return new($"rows[{lacking}]{JsonPath.Member(terms[j])}", "expected a number: the model needs this column, and the record lacks it");
            }
        }

        return new(values, owned: true);
    }

    private static Observations From(NamedColumns columns, IReadOnlyList<string> terms)
    {
        if (columns.Rows == 0)
            return new("columns", "expected at least one value in each column");
        var values = Matrix.Rent(columns.Rows, terms.Count);
        for (var j = 0; j < terms.Count; j++)
        {
            var column = columns.IndexOf(terms[j]);
            if (column < 0)
            {
                values.Dispose();
                return new($"columns{JsonPath.Member(terms[j])}", "expected an array of numbers: the model needs this column");
            }

            var source = columns[column];
            for (var i = 0; i < source.Length; i++)
                values.Values[i * terms.Count + j] = source[i];
        }

        return new(values, owned: true);
    }

    private int FirstNonFinite() => NumberRules.IndexOfNonFinite(Values);
}
