using System.Globalization;

namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>A range in the catalogue's notation, such as [0, inf).</summary>
internal sealed record Interval(double Lower, double Upper)
{
    public static Interval Parse(string text)
    {
        (text[0] is '(' or '[' && text[^1] is ')' or ']').ShouldBeTrue(text);
        var bounds = text[1..^1].Split(", ").Select(Bound).ToArray();
        bounds.Length.ShouldBe(2, text);
        return new(bounds[0], bounds[1]);
    }

    private static double Bound(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
