using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http.Json;

/// <summary>Reads JSON like the body of a request, but without a request.</summary>
internal static class JsonReading
{
    public static JsonSerializerOptions Options(JsonLimits? limits = null)
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        JsonDefaults.Configure(options, limits ?? new JsonLimits());
        return options;
    }

    public static T Read<T>(string json, JsonLimits? limits = null)
    {
        return Read<T>(new JsonText(Encoding.UTF8.GetBytes(json)), limits);
    }

    public static T Read<T>(JsonText text, JsonLimits? limits = null)
    {
        var typeInfo = (JsonTypeInfo<T>)Options(limits).GetTypeInfo(typeof(T));
        var reading = JsonSerializer.DeserializeAsync(PipeReader.Create(text.From(0)), typeInfo);
        return reading.AsTask().GetAwaiter().GetResult()!;
    }

    /// <summary>The failure of reading, in the form <c>status path: message</c>.</summary>
    public static string Failure<T>(string json, JsonLimits? limits = null)
    {
        return Failure<T>(Encoding.UTF8.GetBytes(json), limits);
    }

    /// <inheritdoc cref="Failure{T}(string, JsonLimits?)"/>
    public static string Failure<T>(byte[] json, JsonLimits? limits = null)
    {
        var exception = Should.Throw<JsonException>(() => Read<T>(new JsonText(json), limits));
        var failure = InputFailure.From(exception, json, Options(limits).GetTypeInfo(typeof(T)));
        return $"{failure.Status} {failure.Path}: {failure.Message}";
    }
}
