using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Models;

/// <summary>Something about a fit, or the rows that it was fitted to, that the reader must know.</summary>
/// <param name="Code">
/// Stable, in snake_case: <c>rows_without_target</c>, <c>rows_without_weight</c>, <c>rows_without_cluster</c>, <c>rows_without_group</c>,
/// <c>rows_without_time</c> where rows were left out; <c>separation</c>, <c>collinear_columns</c>, <c>constant_column</c> where the data do not determine
/// parameters; <c>max_iterations_reached</c>, <c>line_search_failed</c>, <c>diverged</c>, <c>stopped</c> where the fit ended before its optimum;
/// <c>intervals_stopped</c> where the fit is complete but some of its intervals are not.
/// </param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Columns">The terms that it is about, as in <c>coefficients[].term</c>, or the column that rows lack; empty for the whole fit.</param>
/// <param name="Intercept">Whether it is about the intercept too; left out where it is not.</param>
/// <param name="SeparatingColumns">Of a separation: terms that separate the rows together, none of which can be spared; left out otherwise.</param>
/// <param name="Count">How many rows were left out; otherwise left out itself.</param>
public sealed record ModelWarning(
    string Code,
    string Message,
    [property: JsonConverter(typeof(ModelWarning.TermsConverter))] IReadOnlyList<string> Columns,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Intercept = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? SeparatingColumns = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Count = null)
{
    internal static ModelWarning From(ConvergenceWarning warning, IReadOnlyList<string> terms) => new(
        warning.Code,
        warning.Message,
        Names(warning.Columns, terms),
        warning.Intercept,
        warning.SeparatingColumns.Count > 0 ? Names(warning.SeparatingColumns, terms) : null);

    /// <summary>With names in place of the positions that older versions of the service have kept.</summary>
    internal ModelWarning Named(IReadOnlyList<Coefficient> coefficients) =>
        Columns is Positions positions ? this with { Columns = Names(positions.Values, [.. coefficients.Select(coefficient => coefficient.Term)]) } : this;

    private static string[] Names(IReadOnlyList<int> positions, IReadOnlyList<string> terms) =>
        [.. positions.Select(position => position < terms.Count ? terms[position] : position.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Terms that were kept as positions.</summary>
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
