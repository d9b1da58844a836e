using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http;

/// <summary>
/// An explicit null equals a missing property, wherever a property is optional. Properties are found by reflection, so new ones are tested
/// too.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class NullAsAbsentTests(TestApplication application) : IClassFixture<TestApplication>
{
    /// <summary>Types whose JSON may be an array of numbers.</summary>
    private static readonly Type[] ArraysOfNumbers = [typeof(double[]), typeof(Tensor), typeof(Labels)];

    private readonly ApiClient _api = application.Api;

    private JsonSerializerOptions Options => application.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    /// <summary>The types of all JSON bodies, by the name of the operation that takes each.</summary>
    private Dictionary<string, Type> Requests => application.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints)
        .SelectMany(endpoint => endpoint.Metadata.OfType<IAcceptsMetadata>(),
            (endpoint, accepts) => (Name: endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName, accepts))
        .Where(taken => taken.Name is not null && taken.accepts.ContentTypes.Contains("application/json") && taken.accepts.RequestType is { IsArray: false })
        .ToDictionary(taken => taken.Name!, taken => taken.accepts.RequestType!, StringComparer.Ordinal);

    [Fact]
    public void NullIsReadAsAbsentInEveryOptionalPropertyAtEveryDepth()
    {
        // Creating the client starts the service.
        _ = _api;
        var tried = new List<string>();

        foreach (var type in Requests.Values.Distinct())
        {
            foreach (var (path, without, with) in Pairs(type))
            {
                tried.Add($"{type.Name}.{path}");
                Read(type, with).ShouldBe(Read(type, without), $"{type.Name}.{path}: null");
            }
        }

        tried.Count.ShouldBeGreaterThan(50);
        string[] notable =
        [
            "TrainingRequest.maxIterations", "TrainingRequest.solver", "TrainingRequest.validation.folds", "TrainingRequest.preparation.columns",
            "TrainingRequest.data.sampleWeight", "TrainingRequest.preparation.columns.any.drop", "PredictWithModelRequest.threshold",
            "PredictRequest.intercept", "UpdateWeightsRequest.iterations", "EvaluateRequest.parameters", "SplitDatasetRequest.names.test",
        ];
        notable.Except(tried).ShouldBeEmpty();
    }

    [Fact]
    public async Task NullIsTheSameAsAbsentInEveryRequest()
    {
        await _api.Upload(
            "name=mails",
            "word_freq_free,char_freq_!,capital_run_length,spam\n"
            + "0.9,0.4,60,1\n0,0,3,0\n0.3,0.9,41,1\n0.1,0,12,0\n0,0.1,7,0\n1.2,0.3,95,1\n0.2,0.4,11,0\n0.4,0.1,35,1");
        await _api.Train("""{ "datasetId": "mails", "target": "spam" }""");
        var tried = 0;

        foreach (var operation in (await OpenApiOperation.Read(_api)).OrderBy(operation => operation.Id, StringComparer.Ordinal))
        {
            foreach (var (_, body) in operation.Bodies.Where(body => body.MediaType == "application/json" && body.Body.StartsWith('{')))
            {
                var whole = JsonNode.Parse(body)!.AsObject();
                var type = Requests[operation.Id!];
                foreach (var property in Info(type).Properties.Where(property => !IsRequired(property) && !whole.ContainsKey(property.Name)))
                    whole[property.Name] = null;
                var answer = await Send(operation, whole, ("Prefer", "wait=60"));
                ((int)answer.Status).ShouldBeInRange(200, 299, $"{operation}\n{whole}\n{answer.Text}");
                foreach (var property in Info(type).Properties.Where(IsRequired))
                {
                    var lacking = whole.DeepClone().AsObject();
                    lacking[property.Name] = null;
                    var (path, message) = (await Send(operation, lacking)).Error();
                    path.ShouldBe(property.Name, operation.ToString());
                    message.ShouldStartWith("expected ", customMessage: operation.ToString());
                    message.ShouldEndWith(", got null", customMessage: operation.ToString());
                }

                tried++;
            }
        }

        tried.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task JobWithOnlyNullsIsTheDefaultJob()
    {
        var rows = string.Join('\n', Enumerable.Range(0, 40).Select(i => $"{i * 7 % 11},{(i % 3 == 0 ? "a" : "b")},{(i * 5 % 7 > 3 ? 1 : 0)}"));
        await _api.Upload("name=nulls", $"x,kind,y\n{rows}");
        var plain = await _api.Train("""{ "datasetId": "nulls", "target": "y" }""");

        var said = await _api.Train("""
            { "datasetId": "nulls", "target": "y", "positiveClass": null, "features": null, "data": null, "modelName": null, "solver": null,
              "penalty": null, "c": null, "l1Ratio": null, "cs": null, "l1Ratios": null, "selection": null, "fitIntercept": null, "standardize": null,
              "classWeight": null, "sampleWeight": null, "maxIterations": null, "tolerance": null, "learningRate": null, "initialWeights": null,
              "validation": null, "seed": null, "covarianceType": null, "clusterBy": null, "confidenceLevel": null, "intervals": null,
              "timeoutSeconds": null, "onTimeout": null,
              "preparation": { "numbers": null, "categories": { "drop": null, "maxLevels": null, "missingIndicator": null },
              "columns": { "kind": { "type": null, "reference": null, "minFrequency": null, "unknown": null }, "x": null } } }
            """);

        said.GetProperty("request").GetProperty("maxIterations").GetInt32().ShouldBe(1000);
        (await Estimates(said)).ShouldBe(await Estimates(plain));
    }

    [Theory]
    [InlineData("sigmoid", """{ "values": 1, "parameters": null }""")]
    [InlineData("activations/leaky_relu", """{ "values": [-1, 1], "parameters": { "alpha": null } }""")]
    [InlineData("predict", """{ "features": [[1]], "weights": [2], "intercept": null, "threshold": null }""")]
    [InlineData("cost", """{ "features": [[1]], "labels": [1], "weights": [2], "intercept": null }""")]
    [InlineData("update-weights", """{ "features": [[1]], "labels": [1], "weights": [2], "learningRate": null, "iterations": null }""")]
    public async Task NullIsTheDefault(string path, string body)
    {
        var without = JsonNode.Parse(body)!.AsObject();
        foreach (var (name, _) in without.Where(member => member.Value is null or JsonObject).ToArray())
            without.Remove(name);

        (await _api.Post(path, body)).Expect(HttpStatusCode.OK).Text.ShouldBe((await _api.Post(path, without.ToJsonString())).Expect(HttpStatusCode.OK).Text);
    }

    [Theory]
    [InlineData("predict", """{ "features": [[1], null], "weights": [2] }""", "features[1]")]
    [InlineData("predict", """{ "features": [[null]], "weights": [2] }""", "features[0][0]")]
    [InlineData("predict", """{ "features": [[1]], "weights": [null] }""", "weights[0]")]
    [InlineData("sigmoid", """{ "values": [null] }""", "values[0]")]
    [InlineData("training-jobs", """{ "datasetId": "x", "target": "y", "cs": [1, null] }""", "cs[1]")]
    [InlineData("training-jobs", """{ "data": { "features": null, "labels": [1] } }""", "data.features")]
    public async Task NullInAnArrayIsRefused(string path, string body, string field) => (await _api.Post(path, body)).Error().Path.ShouldBe(field);

    private async Task<string> Estimates(JsonElement job)
    {
        var model = job.GetProperty("model");
        return (await _api.Get($"models/{model.GetProperty("name").GetString()}/versions/{model.GetProperty("version").GetInt32()}"))
            .Json.GetProperty("coefficients").GetRawText();
    }

    private JsonTypeInfo Info(Type type) => Options.GetTypeInfo(type);

    private string Read(Type type, JsonNode json) => JsonSerializer.Serialize(JsonSerializer.Deserialize(json.ToJsonString(), type, Options), type, Options);

    /// <summary>For every optional property: its path, and two texts of the type, without the property and with null.</summary>
    private IEnumerable<(string Path, JsonNode Without, JsonNode With)> Pairs(Type type)
    {
        if (Info(type) is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } element })
        {
            foreach (var (path, without, with) in Pairs(element))
                yield return ($"any.{path}", new JsonObject { ["any"] = without }, new JsonObject { ["any"] = with });
            yield break;
        }

        if (Info(type).Kind != JsonTypeInfoKind.Object)
            yield break;
        foreach (var property in Info(type).Properties.Where(property => !property.IsExtensionData))
        {
            if (!IsRequired(property))
                yield return (property.Name, Least(type), With(Least(type), property.Name, null));
            foreach (var (path, without, with) in Pairs(property.PropertyType))
                yield return ($"{property.Name}.{path}", With(Least(type), property.Name, without), With(Least(type), property.Name, with));
        }
    }

    private async Task<ApiResponse> Send(OpenApiOperation operation, JsonObject body, params (string Name, string Value)[] headers)
    {
        using var content = ApiClient.Bytes(Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json");
        return await _api.Send(operation.Method, operation.ExamplePath, content, headers);
    }

    private JsonObject Least(Type type)
    {
        var least = new JsonObject();
        foreach (var property in Info(type).Properties.Where(IsRequired))
        {
            least[property.Name] = property.PropertyType == typeof(Matrix) ? new JsonArray(new JsonArray(1))
                : property.PropertyType == typeof(Records) ? new JsonArray(new JsonObject { ["x"] = 1 })
                : property.PropertyType == typeof(string) ? JsonValue.Create("x")
                : ArraysOfNumbers.Contains(property.PropertyType) ? new JsonArray(1)
                : property.PropertyType.IsEnum ? JsonValue.Create(EnumNames.Policy.ConvertName(Enum.GetNames(property.PropertyType)[0]))
                : Least(property.PropertyType);
        }

        return least;
    }

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static JsonObject With(JsonObject source, string name, JsonNode? value)
    {
        source[name] = value;
        return source;
    }
}
