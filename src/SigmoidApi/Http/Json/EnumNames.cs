using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>The names of enum values in JSON: snake_case, except for names with an established spelling.</summary>
internal sealed class EnumNames : JsonNamingPolicy
{
    private EnumNames()
    {
    }

    public static EnumNames Policy { get; } = new();

    public static string Of<T>(T value)
        where T : struct, Enum => Policy.ConvertName(value.ToString());

    /// <summary>The value of a name from <see cref="Of"/>.</summary>
    public static T Parse<T>(string name)
        where T : struct, Enum => Enum.GetValues<T>().Single(value => Of(value) == name);

    public override string ConvertName(string name) => name switch
    {
        // As in scikit-learn and in statsmodels.
        "ElasticNet" => "elasticnet",
        "HC0" or "HC1" => name,
        "DateTime" => "datetime",
        "NdJson" => "ndjson",
        _ => SnakeCaseLower.ConvertName(name),
    };
}
