using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using SigmoidApi.Tests.Contract;

namespace SigmoidApi.Tests.OpenApi;

/// <summary>Rules for every schema, parameter and example of the OpenAPI document.</summary>
public sealed class OpenApiSchemaTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task EverySchemaPropertyParameterAndHeaderIsDescribed()
    {
        var document = await Document();
        var bare = Schemas(document).Where(schema => !IsDescribed(schema.Value)).Select(schema => schema.Key)
            .Concat(from schema in Schemas(document)
                    from property in Properties(schema.Value)
                    where !IsDescribed(property.Value)
                    select $"{schema.Key}.{property.Key}")
            .Concat(from operation in Operations(document)
                    from parameter in operation.Value["parameters"]?.AsArray() ?? []
                    where !IsDescribed(parameter)
                    select $"{operation.Key} {parameter["name"]}")
            .Concat(from operation in Operations(document) where !IsDescribed(operation.Value) select operation.Key);

        bare.ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryValueOfAnEnumHasAText()
    {
        var enums = Schemas(await Document()).Where(schema => schema.Value["enum"] is not null).ToArray();

        enums.Length.ShouldBeGreaterThan(15);
        foreach (var (name, schema) in enums)
        {
            var (values, texts) = (schema["enum"]!.AsArray(), schema["x-enum-descriptions"]!.AsArray());
            texts.Select(text => text!.GetValue<string>()).ShouldAllBe(text => text.Length > 0, name);
            texts.Count.ShouldBe(values.Count, name);
            values.ShouldAllBe(value => schema["description"]!.GetValue<string>().Contains($"- `{value}`: "), name);
        }
    }

    /// <summary>An optional property of an answer says when it is left out; an optional property of a request has a default or may be null.</summary>
    [Fact]
    public async Task EveryOptionalPropertySaysWhatItsAbsenceMeans()
    {
        var silent = from schema in Schemas(await Document())
                     let isSent = schema.Value["additionalProperties"]?.GetValueKind() == JsonValueKind.False
                     from property in Properties(schema.Value)
                     where schema.Value["required"]?.AsArray().Any(name => name!.GetValue<string>() == property.Key) is not true
                     let description = property.Value!["description"]!.GetValue<string>()
                     where isSent ? !TakesNull(property.Value!) : !description.Contains("eft out", StringComparison.Ordinal)
                     select $"{schema.Key}.{property.Key}";

        silent.ShouldBeEmpty();
    }

    /// <summary>An optional header of an answer says when it is left out.</summary>
    [Fact]
    public async Task EveryOptionalHeaderSaysWhenItIsLeftOut()
    {
        var document = await Document();
        var answers = Operations(document)
            .SelectMany(operation => operation.Value["responses"]!.AsObject().Select(answer => ($"{operation.Key} {answer.Key}", answer.Value)))
            .Concat(Problems(document).Select(problem => (problem.Key, problem.Value)));
        var headers = answers
            .SelectMany(answer => answer.Value!["headers"]?.AsObject().Select(header => ($"{answer.Item1} {header.Key}", header.Value!)) ?? []).ToArray();

        headers.Length.ShouldBeGreaterThan(40);
        headers.Where(header => header.Item2["required"]?.GetValue<bool>() is true
                == header.Item2["description"]!.GetValue<string>().Contains("left out", StringComparison.Ordinal))
            .Select(header => header.Item1).ShouldBeEmpty();
    }

    /// <summary>Properties that only the service writes are `readOnly`; properties that callers may send are not.</summary>
    [Fact]
    public async Task OnlyPropertiesOfAnswersAreReadOnly() =>
        (from schema in Schemas(await Document())
         let isSent = schema.Value["additionalProperties"]?.GetValueKind() == JsonValueKind.False
         from property in Properties(schema.Value)
         where property.Value!["readOnly"]?.GetValue<bool>() is true == isSent
         select $"{schema.Key}.{property.Key}").ShouldBeEmpty();

    [Theory]
    [InlineData("TrainingRequest", "maxIterations", "1000")]
    [InlineData("TrainingRequest", "fitIntercept", "true")]
    [InlineData("TrainingRequest", "solver", "\"auto\"")]
    [InlineData("TrainingRequest", "learningRate", "0.1")]
    [InlineData("SplitDatasetRequest", "seed", "42")]
    [InlineData("UpdateWeightsRequest", "iterations", "1")]
    public async Task DefaultsAreThoseOfTheService(string schema, string property, string expected) =>
        (await Document())["components"]!["schemas"]![schema]!["properties"]![property]!["default"]!.ToJsonString().ShouldBe(expected);

    /// <summary>A default that depends on other fields is described in words.</summary>
    [Theory]
    [InlineData("penalty")]
    [InlineData("c")]
    [InlineData("tolerance")]
    [InlineData("modelName")]
    public async Task DefaultThatDependsOnOtherFieldsIsNotAValue(string property)
    {
        var schema = (await Document())["components"]!["schemas"]!["TrainingRequest"]!["properties"]![property]!;
        schema["default"].ShouldBeNull();
        schema["description"]!.GetValue<string>().ShouldContain("default");
    }

    [Fact]
    public async Task EverySchemaIsUsed()
    {
        var document = await Document();
        var text = document.ToJsonString();
        Schemas(document).Select(schema => schema.Key)
            .Where(name => !text.Contains($"\"#/components/schemas/{name}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>Validates by JSON Schema 2020-12, in which exactly one branch of each oneOf must match.</summary>
    [Fact]
    public async Task EveryExampleMatchesItsSchema()
    {
        var document = await Document();
        var schemas = new AnswerSchemas(document["components"]!["schemas"]!.AsObject());
        var media = Operations(document).SelectMany(operation => Media(operation.Value).Select(media => (operation.Key, media)))
            .Concat(Problems(document).SelectMany(problem => problem.Value!["content"]!.AsObject().Select(media => (problem.Key, media))));
        var examples = media.SelectMany(media => Examples(media.Key, media.media)).ToArray();

        examples.Length.ShouldBeGreaterThan(60);
        foreach (var (name, schema, value) in examples)
            AnswerSchemas.Fault(schemas.Compile(schema), JsonSerializer.SerializeToElement(value)).ShouldBeNull(name);
    }

    [Fact]
    public async Task EveryAnswerWithJsonHasAnExample()
    {
        var without = from operation in Operations(await Document())
                      from answer in operation.Value["responses"]!.AsObject()
                      where answer.Key.StartsWith('2')
                      from media in answer.Value!["content"]?.AsObject() ?? []
                      where media.Key == "application/json" && media.Value!["examples"] is null && media.Value["schema"]?["format"] is null
                      select $"{operation.Key} {answer.Key}";

        without.ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryProblemHasAnExampleOfItsStatus()
    {
        var document = await Document();
        var statuses = Operations(document).SelectMany(operation => operation.Value["responses"]!.AsObject())
            .Where(answer => answer.Key != "default" && answer.Value!["$ref"] is not null)
            .Select(answer => (answer.Key, Problem: answer.Value!["$ref"]!.GetValue<string>().Split('/')[^1])).Distinct().ToArray();

        statuses.Length.ShouldBeGreaterThan(10);
        foreach (var (status, problem) in statuses)
        {
            var example = Problems(document)[problem]!["content"]!["application/problem+json"]!["examples"]![problem]!["value"]!;
            var code = int.Parse(status, CultureInfo.InvariantCulture);
            example["status"]!.GetValue<int>().ShouldBe(code);
            example["title"]!.GetValue<string>().ShouldBe(ReasonPhrases.GetReasonPhrase(code));
        }
    }

    /// <summary>Compares the routes with the document: each listed media type must be accepted.</summary>
    [Fact]
    public async Task EveryMediaTypeOfABodyIsAccepted()
    {
        var tried = 0;
        foreach (var (operation, value) in Operations(await Document()).Where(operation => operation.Value["requestBody"] is not null))
        {
            var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1].Replace("{version}", "1", StringComparison.Ordinal));
            foreach (var (mediaType, _) in value["requestBody"]!["content"]!.AsObject())
            {
                using var content = ApiClient.Bytes([], mediaType == "multipart/form-data" ? "multipart/form-data; boundary=b" : mediaType);
                var answer = await _api.Send(HttpMethod.Parse(method), path, content);
                answer.Status.ShouldNotBe(HttpStatusCode.UnsupportedMediaType, $"{operation} {mediaType}");
                tried++;
            }
        }

        tried.ShouldBeGreaterThan(30);
    }

    /// <summary>A null column in <c>preparation</c> counts as missing, and a null parameter has its default.</summary>
    [Theory]
    [InlineData("PreparationRequest", "columns")]
    [InlineData("EvaluateRequest", "parameters")]
    public async Task MapValueMayBeNullWhereTheServiceAcceptsIt(string schema, string property) =>
        TakesNull((await Document())["components"]!["schemas"]![schema]!["properties"]![property]!["additionalProperties"]!).ShouldBeTrue();

    /// <summary>Every route with a JSON body decompresses it.</summary>
    [Fact]
    public async Task EveryJsonBodyMayBeCompressed() =>
        (from operation in Operations(await Document())
         where operation.Value["requestBody"]?["content"]?["application/json"] is not null
         where operation.Value["parameters"]?.AsArray().Any(parameter => parameter!["name"]!.GetValue<string>() == "Content-Encoding") is not true
         select operation.Key).ShouldBeEmpty();

    /// <summary>The service refuses a number just beyond a limit in the document, and the problem names the field.</summary>
    [Fact]
    public async Task LimitsOfRequestsEqualThoseOfTheService()
    {
        var document = await Document();
        var tried = 0;
        foreach (var (path, schema, body) in Requests)
        {
            foreach (var (name, property) in Properties(document["components"]!["schemas"]![schema]!))
            {
                foreach (var wrong in Beyond(property!))
                {
                    var request = JsonNode.Parse(body)!.AsObject();
                    request[name] = wrong;
                    var answer = (await _api.Post(path, request.ToJsonString())).Problem(HttpStatusCode.BadRequest);
                    answer.Errors.ShouldNotBeNull(answer.Detail).Keys
                        .ShouldContain(field => field.StartsWith(name, StringComparison.Ordinal), $"{schema}.{name} = {wrong.ToJsonString()}");
                    tried++;
                }
            }
        }

        tried.ShouldBeGreaterThan(12);
    }

    private static readonly (string Path, string Schema, string Body)[] Requests =
    [
        ("training-jobs", "TrainingRequest", """{ "data": { "features": [[1], [2]], "labels": [0, 1] } }"""),
        ("predict", "PredictRequest", """{ "features": [[1]], "weights": [1] }"""),
        ("update-weights", "UpdateWeightsRequest", """{ "features": [[1]], "labels": [1], "weights": [1] }"""),
        ("datasets/none/split", "SplitDatasetRequest", "{}"),
    ];

    /// <summary>Values that break a limit of a property, each by a little.</summary>
    private static IEnumerable<JsonNode> Beyond(JsonNode property)
    {
        if (property["minimum"]?.GetValue<double>() is { } minimum)
            yield return Number(minimum - 1);
        if (property["maximum"]?.GetValue<double>() is { } maximum)
            yield return Number(maximum + 1);
        if (property["exclusiveMinimum"]?.GetValue<double>() is { } open)
            yield return Number(open);
        if (property["exclusiveMaximum"]?.GetValue<double>() is { } end)
            yield return Number(end);
        if (property["pattern"] is not null)
            yield return JsonValue.Create("no name!");
        if (property["minItems"] is not null && property["items"]?["minimum"] is not null)
            yield return new JsonArray();
    }

    // Writes integers without a decimal point, as integer fields require.
    private static JsonNode Number(double value) => JsonNode.Parse(value.ToString("R", CultureInfo.InvariantCulture))!;

    private async Task<JsonObject> Document() => JsonNode.Parse((await _api.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK).Content)!.AsObject();

    private static IEnumerable<(string Key, JsonObject Value)> Schemas(JsonObject document) =>
        document["components"]!["schemas"]!.AsObject().Select(schema => (schema.Key, schema.Value!.AsObject()));

    private static JsonObject Problems(JsonObject document) => document["components"]!["responses"]!.AsObject();

    private static JsonObject Properties(JsonNode schema) => schema["properties"]?.AsObject() ?? [];

    private static IEnumerable<(string Key, JsonObject Value)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select ($"{operation.Key} {path.Key}", operation.Value!.AsObject());

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Media(JsonObject operation) =>
        (operation["requestBody"]?["content"]?.AsObject() ?? [])
            .Concat(operation["responses"]!.AsObject().SelectMany(answer => answer.Value!["content"]?.AsObject() ?? []));

    private static IEnumerable<(string Name, JsonNode Schema, JsonNode? Value)> Examples(string operation, KeyValuePair<string, JsonNode?> media) =>
        (media.Value!["examples"]?.AsObject() ?? [])
            .Select(example => ($"{operation} {media.Key} {example.Key}", media.Value!["schema"]!, example.Value!["value"]));

    private static bool IsDescribed(JsonNode? node) => node?["description"]?.GetValue<string>().Length > 0;

    private static bool TakesNull(JsonNode property) =>
        (property["type"] as JsonArray)?.Any(type => type!.GetValue<string>() == "null") is true
        || (property["oneOf"] as JsonArray)?.Any(branch => (branch!["type"] as JsonValue)?.GetValue<string>() == "null") is true;
}
