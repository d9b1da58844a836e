using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>For each of some rows a number, or with more than two classes an array with a number for each class.</summary>
/// <param name="Values">Row by row.</param>
/// <param name="Classes">The length of each array; 1 if each row has a plain number.</param>
[JsonConverter(typeof(ClassNumbersConverter))]
public sealed record ClassNumbers(double[] Values, int Classes);

/// <summary>Writes an array; the service never reads it.</summary>
internal sealed class ClassNumbersConverter : JsonConverter<ClassNumbers>
{
    public override ClassNumbers Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, ClassNumbers value, JsonSerializerOptions options) =>
        NumberWriter.Write(writer, value.Values, value.Classes == 1 ? [value.Values.Length] : [value.Values.Length / value.Classes, value.Classes]);
}
