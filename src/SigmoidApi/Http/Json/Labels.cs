using System.Text.Json;
using System.Text.Json.Serialization;

namespace SigmoidApi.Http.Json;

/// <summary>A label for each row: in JSON an array of numbers, of texts, or of true and false.</summary>
/// <param name="Values">For each row the number, the index of the text, or 1 for true and 0 for false.</param>
/// <param name="Texts">The different texts, in the order of their first occurrence; null for numbers and booleans.</param>
/// <param name="AreBooleans">Whether the labels are true and false.</param>
public sealed record Labels(double[] Values, IReadOnlyList<string>? Texts = null, bool AreBooleans = false);

/// <summary>Reads and writes labels. All labels of an array are of the kind of the first.</summary>
internal sealed class LabelsConverter(JsonLimits limits) : JsonConverter<Labels>
{
    private const string Number = "a number";
    private const string Text = "a text";
    private const string Boolean = "true or false";

    public override Labels Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw DoubleConverter.Unexpected("an array of numbers, of texts, or of true and false", ref reader);
        var text = new JsonArrayText(ref reader);
        var cells = new CellReader(limits, takesNested: false);
        var (array, count, _, end) = NumberScanner.Scan(text.Span, limits, rank: 1, cells);
        try
        {
            text.Close(ref reader, end);
            return Of(array.AsSpan(0, count), cells.Texts);
        }
        finally
        {
            RequestArrays<double>.Pool.Return(array);
        }
    }

    public override void Write(Utf8JsonWriter writer, Labels value, JsonSerializerOptions options)
    {
        if (value is { Texts: null, AreBooleans: false })
        {
            NumberWriter.Write(writer, value.Values, [value.Values.Length]);
            return;
        }

        writer.WriteStartArray();
        foreach (var label in value.Values)
        {
            if (value.Texts is { } texts)
                writer.WriteStringValue(texts[(int)label]);
            else
                writer.WriteBooleanValue(label != 0);
        }

        writer.WriteEndArray();
    }

    private static Labels Of(ReadOnlySpan<double> cells, CellTexts texts)
    {
        var values = new double[cells.Length];
        string? kind = null;
        for (var i = 0; i < values.Length; i++)
        {
            var (found, value) = Label(cells[i], texts);
            kind ??= found ?? "a label";
            if (found != kind)
            {
                var expected = i == 0 ? "a number, text, true or false" : $"{kind}, like the first label";
                throw new JsonInputException($"expected {expected}, got {found ?? Description(BoxedCell.Unbox(cells[i], texts))}", $"[{i}]");
            }

            values[i] = value;
        }

        return new(values, kind == Text ? texts.All : null, kind == Boolean);
    }

    private static string Description(Cell cell) =>
        cell.Kind == CellKind.Number ? "an integer beyond 2⁵³, which must be written as a text" : cell.Description;

    /// <returns>The kind of the label, null if it is none, and its value.</returns>
    private static (string? Kind, double Value) Label(double cell, CellTexts texts)
    {
        if (!BoxedCell.IsBoxed(cell))
            return (Number, cell);
        if (BoxedCell.TextIndex(cell) is >= 0 and var index)
            return (Text, index);
        return BoxedCell.Unbox(cell, texts).Kind switch
        {
            CellKind.True => (Boolean, 1),
            CellKind.False => (Boolean, 0),
            _ => (null, double.NaN),
        };
    }
}
