using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>A warning about a fit, or about the rows that it was fitted to.</summary>
/// <param name="Code">
/// A stable code in snake_case. Rows were left out: <c>rows_without_target</c>, <c>rows_without_weight</c>, <c>rows_without_cluster</c>,
/// <c>rows_without_group</c>, <c>rows_without_time</c>. The data do not determine some parameters: <c>separation</c>, <c>collinear_columns</c>,
/// <c>constant_column</c>. The fit ended before its optimum: <c>max_iterations_reached</c>, <c>line_search_failed</c>, <c>diverged</c>, <c>stopped</c>.
/// The fit is complete, but some of its intervals are not: <c>intervals_stopped</c>. The calibration: <c>calibration_no_improvement</c>,
/// <c>calibration_not_judged</c>, <c>calibration_reversed</c>.
/// </param>
/// <param name="Message">The warning as a sentence.</param>
/// <param name="Columns">
/// The terms that it is about, as in <c>coefficients[].term</c>, or the column that has no value in the rows that were left out; empty for the whole fit.
/// </param>
/// <param name="Intercept">Whether it is also about the intercept; left out if it is not.</param>
/// <param name="SeparatingColumns">For a separation, a smallest set of terms that separates the rows; left out otherwise.</param>
/// <param name="Count">The number of rows that were left out of the fit; left out for other warnings.</param>
/// <param name="Classes">With more than two classes, those that it is about; left out if it is about all.</param>
[DefaultsLeftOut]
public sealed record ModelWarning(
    string Code,
    string Message,
    [property: JsonConverter(typeof(ModelWarning.TermsConverter))] IReadOnlyList<string> Columns,
    bool Intercept = false,
    IReadOnlyList<string>? SeparatingColumns = null,
    long? Count = null,
    IReadOnlyList<ClassLabel>? Classes = null)
{
    internal static ModelWarning From(ConvergenceWarning warning, IReadOnlyList<string> terms, IReadOnlyList<ClassLabel> classes) => new(
        warning.Code,
        warning.Message,
        Names(warning.Columns, terms),
        warning.Intercept,
        warning.SeparatingColumns.Count > 0 ? Names(warning.SeparatingColumns, terms) : null,
        Classes: warning.Classes.Count > 0 ? [.. warning.Classes.Select(label => classes[label])] : null);

    /// <summary>The warning with names instead of the positions that older versions of the service stored.</summary>
    internal ModelWarning Named(IReadOnlyList<Coefficient> coefficients) =>
        Columns is Positions positions ? this with { Columns = Names(positions.Values, [.. coefficients.Select(coefficient => coefficient.Term)]) } : this;

    private static string[] Names(IReadOnlyList<int> positions, IReadOnlyList<string> terms) =>
        [.. positions.Select(position => position < terms.Count ? terms[position] : position.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Terms that were stored as positions.</summary>
    internal sealed class Positions(IReadOnlyList<int> values)
        : ReadOnlyCollection<string>([.. values.Select(value => value.ToString(CultureInfo.InvariantCulture))])
    {
        public IReadOnlyList<int> Values { get; } = values;
    }

    /// <summary>Reads names, and also positions.</summary>
    internal sealed class TermsConverter : JsonConverter<IReadOnlyList<string>>
    {
        public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var elements = document.RootElement.EnumerateArray().ToArray();
            return elements.Length > 0 && elements[0].ValueKind == JsonValueKind.Number
                ? new Positions([.. elements.Select(element => element.GetInt32())])
                : [.. elements.Select(element => element.GetString()!)];
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
