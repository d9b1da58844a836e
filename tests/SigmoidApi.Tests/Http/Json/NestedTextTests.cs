using System.Text;
using System.Text.Json;
using CsCheck;
using DuckDB.NET.Data;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http.Json;

/// <summary>The text of a nested value equals the text that an import of a JSON file gives it, which is DuckDB's.</summary>
public sealed class NestedTextTests
{
    private static readonly Gen<string> Value = Gen.Recursive<string>((depth, nested) => depth > 3 ? Scalar() : Gen.OneOf(
        Scalar(),
        nested.Array[0, 4].Select(values => $"[ {string.Join(" ,\t", values)}]"),
        Gen.Select(Text(), nested).Array[0, 4].Select(members => $"{{{string.Join(", ", members.Select(member => $"{member.Item1} : {member.Item2}"))} }}")));

    [Theory]
    [InlineData("""{"z": 1, "a": ["x", null, true, false, {}]}""", """{"z":1,"a":["x",null,true,false,{}]}""")]
    [InlineData("[ ]", "[]")]
    [InlineData("""[1.0, 2e3, 1e21, 1e20, 1e-7, 0.000001, 0.00012, 123456.789e3, 1.5e300, 5e-324, 0.1, -0.0, -0, 1E5, 0e5]""",
        "[1.0,2000.0,1e21,100000000000000000000.0,1e-7,0.000001,0.00012,123456789.0,1.5e300,5e-324,0.1,-0.0,0,100000.0,0.0]")]
    [InlineData("[12345678901234567890, 123456789012345678901234567890, 1e999]", "[12345678901234567890,123456789012345678901234567890,1e999]")]
    [InlineData("""["\u00e9\/\"\n\u0001\u007f\ud83d\ude00\u001f é😀"]""", "[\"é/\\\"\\n\\u0001\u007f😀\\u001F é😀\"]")]
    [InlineData("""{"a":1,"a":2} trailing""", """{"a":1,"a":2}""")]
    public void ANestedValueIsOneText(string json, string text)
    {
        NestedText.Read(Encoding.UTF8.GetBytes(json), long.MaxValue, out var length).ShouldBe(text);

        length.ShouldBe(Encoding.UTF8.GetByteCount(json.Replace(" trailing", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void AnyNestedValueHasTheTextOfAnImport()
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Value.Select(value => $"[{value}]").Sample(json =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "select cast(cast($1 as json) as json) ->> '$'";
            command.Parameters.Add(new DuckDBParameter(json));
            NestedText.Read(Encoding.UTF8.GetBytes(json), long.MaxValue, out _).ShouldBe((string)command.ExecuteScalar()!, json);
        }, threads: 1, iter: 300);
    }

    [Fact]
    public void TextBeyondTheLimitIsNotRead() => NestedText.Read("[1,2,3,4,5]"u8, 5, out _).ShouldBeNull();

    [Theory]
    [InlineData("[1,]")]
    [InlineData("[1")]
    [InlineData("{\"a\"}")]
    [InlineData("[1}")]
    public void AMalformedValueIsRefused(string json) => Should.Throw<JsonException>(() => NestedText.Read(Encoding.UTF8.GetBytes(json), long.MaxValue, out _));

    private static Gen<string> Scalar() => Gen.OneOf(
        Gen.Const("null"), Gen.Const("true"), Gen.Const("false"), Gen.Long.Select(number => number.ToString("D", null)),
        Gen.Double.Where(double.IsFinite).Select(number => number.ToString("R", null)),
        Gen.Select(Gen.Int[-9999, 9999], Gen.Int[-30, 30]).Select((digits, exponent) => $"{digits}e{exponent}"), Text());

    private static Gen<string> Text() =>
        Gen.String[Gen.Char["aé\"\\/\b\f\n\r\t\u0001\u001f\u007f\u2028 "], 0, 5].Select(text => JsonSerializer.Serialize(text));
}
