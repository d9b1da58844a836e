using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Tables;

namespace SigmoidApi.Inspection;

/// <summary>Reads parameters of the query; each method returns the 400 of a value that is not allowed.</summary>
internal static class QueryValues
{
    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static ProblemHttpResult? Whole(string name, string? text, int byDefault, int least, int most, out int value)
    {
        value = Math.Clamp(byDefault, least, most);
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most)
            ? null
            : Problems.Field(StatusCodes.Status400BadRequest, name, $"expected a whole number from {least} to {most}, got '{text}'");
    }

    /// <summary>One of an enum's names.</summary>
    public static ProblemHttpResult? Choice<T>(string name, string? text, T byDefault, out T value)
        where T : struct, Enum
    {
        value = byDefault;
        if (text is null)
            return null;
        string[] names = [.. Enum.GetValues<T>().Select(EnumNames.Of)];
        if (!names.Contains(text))
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest, name, $"expected {string.Join(" or ", names)}, got '{text}'{NearestName.Hint(text, names)}");
        }

        value = EnumNames.Parse<T>(text);
        return null;
    }

    /// <summary>True or false.</summary>
    public static ProblemHttpResult? Flag(string name, string? text, out bool value)
    {
        value = text == "true";
        return text is null or "true" or "false"
            ? null
            : Problems.Field(StatusCodes.Status400BadRequest, name, $"expected true or false, got '{text}'");
    }
}
