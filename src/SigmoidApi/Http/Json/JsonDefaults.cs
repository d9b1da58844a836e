using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SigmoidApi.Http.Json;

/// <summary>How this service reads and writes JSON.</summary>
public static class JsonDefaults
{
    /// <summary>Sets camelCase, the names of enums, the converters of numbers, and strict reading: unknown and duplicate fields are refused.</summary>
    public static void Configure(JsonSerializerOptions options, JsonLimits limits)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 64;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver())
            .WithAddedModifier(NullAsAbsent.Apply)
            .WithAddedModifier(DefaultsLeftOut.Apply);
        options.Converters.Add(new JsonStringEnumConverter(EnumNames.Policy, allowIntegerValues: false));
        options.Converters.Add(new DoubleConverter());
        options.Converters.Add(new VectorConverter(limits));
        options.Converters.Add(new LabelsConverter(limits));
        options.Converters.Add(new MatrixConverter(limits));
        options.Converters.Add(new TensorConverter(limits));
        options.Converters.Add(new RecordsConverter(limits));
        options.Converters.Add(new NamedColumnsConverter(limits));
    }
}
