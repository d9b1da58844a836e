using System.Globalization;

namespace SigmoidApi.Http.Json;

/// <summary>Paths in messages for callers: <c>data.features[3][0]</c>, <c>rows[2]['word freq']</c>.</summary>
internal static class JsonPath
{
    // Two for each of the levels that the serializer permits.
    private const int MostSteps = 128;

    /// <summary>The serializer's <c>$.data.features</c> without its root.</summary>
    public static string FromSerializer(string? path)
    {
        if (string.IsNullOrEmpty(path) || path == "$")
            return "";
        return path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..];
    }

    /// <summary>The step to a member. A name that is not an identifier is quoted.</summary>
    public static string Member(string name)
    {
        var plain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return plain ? "." + name : $"['{name}']";
    }

    /// <summary>Appends steps to a path. The result does not begin with a dot.</summary>
    public static string Join(string path, string steps)
    {
        return path.Length == 0 && steps.StartsWith('.') ? steps[1..] : path + steps;
    }

    /// <summary>The steps of a path: <c>.data</c>, <c>['odd name']</c>, <c>[3]</c>.</summary>
    public static List<string> Parse(string path)
    {
        var steps = new List<string>();
        var rest = (path.Length == 0 || path[0] is '[' ? path : "." + path).AsSpan();
        // The limit is for names with many brackets, which are split into steps.
        while (!rest.IsEmpty && steps.Count < MostSteps)
        {
            var end = rest.StartsWith("['") ? rest.IndexOf("']", StringComparison.Ordinal) + 2
                : rest[0] == '[' ? rest.IndexOf(']') + 1
                : rest[1..].IndexOfAny('.', '[') + 1;
            end = end <= 1 ? rest.Length : end;
            steps.Add(rest[..end].ToString());
            rest = rest[end..];
        }

        return steps;
    }

    public static bool IsIndex(string step, out int index)
    {
        return int.TryParse(step.AsSpan().TrimStart('[').TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out index) && step[0] == '[';
    }

    public static string NameOf(string step)
    {
        return step[0] == '.' ? step[1..] : step.Length >= 4 ? step[2..^2] : step;
    }
}
