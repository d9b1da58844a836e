using System.Net;

namespace SigmoidApi.Tests.Http;

public sealed class NumberTokenTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    public static TheoryData<string, double> Numbers { get; } = new()
    {
        { "-0", -0.0 }, { "5e-324", double.Epsilon }, { "1e-400", 0 }, { "1e-99999999999999999999", 0 }, { "1.7976931348623157e308", double.MaxValue },
        { "1E+2", 100 },
        { "9007199254740993", 9007199254740992 }, { "1" + new string('0', 308), 1e308 }, { "0." + new string('0', 10_000) + "1", 0 },
        { "1." + new string('0', 10_000) + "1", 1 },
        { "0e99999", 0 }, { "123456789012345678901234567890", 1.2345678901234568e29 },
    };

    public static TheoryData<string> BeyondRange { get; } =
        ["1e999", "-1e999", "1E400", "1e309", "1.8e308", "1" + new string('0', 309), "1e99999999999999999999"];

    public static TheoryData<string> NoNumbers { get; } =
        ["00", "01", "+1", ".5", "1.", "1e", "1e+", "0x10", "NaN", "Infinity", "-", "1_000", "1,5", "--1", "1e1.5"];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task NumberIsTheNearestFloat64(string token, double value)
    {
        BitConverter.DoubleToInt64Bits(await ReadBack(token)).ShouldBe(BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [MemberData(nameof(BeyondRange))]
    public async Task NumberBeyondFloat64IsRefused(string token)
    {
        foreach (var (body, path) in new[] { ($$"""{ "values": {{token}} }""", "values"), ($$"""{ "values": [[0, {{token}}]] }""", "values[0][1]") })
        {
            var (field, message) = (await _api.Post("sigmoid", body)).Error();
            field.ShouldBe(path);
            message.ShouldEndWith("is beyond the range of a float64");
            message.Length.ShouldBeLessThan(200);
        }
    }

    [Theory]
    [MemberData(nameof(NoNumbers))]
    public async Task InvalidNumberIsMalformed(string token)
    {
        string[] bodies =
        [
            $$"""{ "values": {{token}} }""", $$"""{ "values": [1, {{token}}] }""", $$"""{ "values": 1, "parameters": { "alpha": {{token}} } }""",
        ];
        foreach (var body in bodies)
        {
            if (token != "1,5" || !body.Contains('[', StringComparison.Ordinal))
                (await _api.Post("activations/leaky_relu", body)).Problem(HttpStatusCode.BadRequest).Detail.ShouldStartWith("malformed JSON at line 1, byte ");
        }
    }

    [Theory]
    [InlineData("1e0")]
    [InlineData("1.0")]
    [InlineData("99999999999999999999")]
    [InlineData("1e999")]
    [InlineData("\"1\"")]
    [InlineData("true")]
    public async Task IntegerBeyondItsTypeIsRefused(string token)
    {
        var body = $$"""{ "features": [[1]], "labels": [1], "weights": [1], "iterations": {{token}} }""";

        var (path, message) = (await _api.Post("update-weights", body)).Error();

        path.ShouldBe("iterations");
        message.ShouldStartWith("expected an integer from -2147483648 to 2147483647, got ");
    }

    /// <summary>Returns the number that was read, by a leaky ReLU with slope 1.</summary>
    private async Task<double> ReadBack(string token) =>
        (await _api.Post("activations/leaky_relu", $$"""{ "values": {{token}}, "parameters": { "alpha": 1 } }"""))
            .Expect(HttpStatusCode.OK).Json.GetProperty("values").GetDouble();
}
