using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Tables;
using Swashbuckle.AspNetCore.SwaggerGen;
using static SigmoidApi.Http.Metadata.Described;

namespace SigmoidApi.OpenApi;

/// <summary>Adds the descriptions in the metadata of endpoints (<see cref="Described"/>) to their operations.</summary>
internal sealed class OperationDescriptions : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        AddBodies(operation, metadata);
        AddParameters(operation, metadata);
        AddAnswers(operation, metadata, type => context.SchemaGenerator.GenerateSchema(type, context.SchemaRepository));
    }

    private static void AddBodies(OpenApiOperation operation, IList<object> metadata)
    {
        var (bytes, examples) = (metadata.OfType<BinaryBody>().ToArray(), metadata.OfType<BodyExample>().ToArray());
        if (bytes.Length == 0 && examples.Length == 0)
            return;
        if (operation.RequestBody is not OpenApiRequestBody body)
            operation.RequestBody = body = new OpenApiRequestBody();
        body.Required = true;
        body.Content ??= new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal);
        foreach (var binary in bytes)
            body.Content[binary.MediaType] = binary.IsText ? new() { Schema = Schemas.Text() } : Binary(binary.Part);
        foreach (var example in examples)
            AddExample(body.Content, example.MediaType, example.Name, example.Body);
    }

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Parameters ??= [];
        // No route requires a parameter of its query. Generated handlers say so of texts, but not of arrays.
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Query))
            parameter.Required = false;
        if (metadata.OfType<IdempotencyParameter>().Any())
        {
            Describe(operation, new(ParameterLocation.Header, IdempotencyKey.Header,
                "Any text of your own, such as a UUID. The same request under the same key creates nothing twice: it gets the first answer again, "
                + "with `Idempotent-Replayed: true`.",
                new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 }));
        }

        if (metadata.OfType<PageParameters>().Any())
        {
            Describe(operation, new(ParameterLocation.Query, "limit", $"Most items on the page; {Page.DefaultLimit} by default.", Schemas.Integer(minimum: 1)));
            Describe(operation, new(ParameterLocation.Query, "cursor", "The nextCursor of the page before.", Schemas.Text("uuid")));
        }

        // Every JSON body may be compressed. Routes that take files describe the header themselves.
        if (operation.RequestBody?.Content?.ContainsKey(MediaTypes.Json) is true)
            Describe(operation, new(ParameterLocation.Header, "Content-Encoding", "How the body is compressed.", Schemas.OneOfTexts("gzip", "zstd")));
        foreach (var described in metadata.OfType<DescribedParameter>())
            Describe(operation, described);
        foreach (var example in metadata.OfType<ParameterExample>())
        {
            if (operation.Parameters.FirstOrDefault(p => p.Name == example.Parameter) is OpenApiParameter parameter)
                parameter.Example = JsonNode.Parse(example.Json);
        }
    }

    private static void AddAnswers(OpenApiOperation operation, IList<object> metadata, Func<Type, IOpenApiSchema> schemaOf)
    {
        operation.Responses ??= [];
        foreach (var answer in metadata.OfType<DescribedAnswer>())
            AddAnswer(operation.Responses, answer);
        foreach (var answer in metadata.OfType<JsonAnswer>())
            operation.Responses[Key(answer.Status)].Content![MediaTypes.Json] = new OpenApiMediaType { Schema = schemaOf(answer.Type) };
        foreach (var items in metadata.OfType<AnswerItems>())
            ((OpenApiMediaType)operation.Responses[Key(items.Status)].Content![items.MediaType]).ItemSchema = schemaOf(items.Type);
        foreach (var header in HeadersOf(metadata).Concat(metadata.OfType<AnswerHeader>()))
        {
            if (!operation.Responses.TryGetValue(Key(header.Status), out var found) || found is not OpenApiResponse response)
                continue;
            response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            response.Headers[header.Name] = new OpenApiHeader { Description = header.Description, Schema = header.Schema, Required = header.IsRequired };
        }

        foreach (var example in metadata.OfType<AnswerExample>())
        {
            if (!operation.Responses.TryGetValue(Key(example.Status), out var found) || found is not OpenApiResponse response)
                continue;
            response.Content ??= new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal);
            AddExample(response.Content, example.MediaType, example.Name, example.Body);
        }
    }

    private static void AddAnswer(OpenApiResponses responses, DescribedAnswer answer)
    {
        if (!responses.TryGetValue(Key(answer.Status), out var found) || found is not OpenApiResponse response)
            responses[Key(answer.Status)] = response = new OpenApiResponse();
        response.Description = answer.Description;
        foreach (var mediaType in answer.MediaTypes)
        {
            response.Content ??= new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal);
            response.Content[mediaType] = new OpenApiMediaType { Schema = mediaType == MediaTypes.Json ? Schemas.JsonFile() : Schemas.Bytes() };
        }
    }

    /// <summary>The headers of every answer that creates or accepts something.</summary>
    private static IEnumerable<AnswerHeader> HeadersOf(IList<object> metadata)
    {
        foreach (var status in (int[])[StatusCodes.Status201Created, StatusCodes.Status202Accepted])
        {
            yield return new(status, "Location", "The path of what was created, or of the job.", Schemas.Text("uri-reference"), IsRequired: true);
            if (!metadata.OfType<IdempotencyParameter>().Any())
                continue;
            yield return new(
                status, "Idempotent-Replayed", "`true` where this is the answer that the key got before; left out otherwise.", Schemas.OneOfTexts("true"),
                IsRequired: false);
        }
    }

    private static string Key(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Describes the parameter with the same place and name, or adds one.</summary>
    private static void Describe(OpenApiOperation operation, DescribedParameter described)
    {
        var parameter = operation.Parameters!.OfType<OpenApiParameter>().FirstOrDefault(p => p.In == described.In && p.Name == described.Name);
        // Of paths that share a description, some lack this parameter.
        if (parameter is null && described.In == ParameterLocation.Path)
            return;
        if (parameter is null)
            operation.Parameters!.Add(parameter = new OpenApiParameter { In = described.In, Name = described.Name });
        parameter.Description = described.Description;
        parameter.Schema = described.Schema ?? parameter.Schema;
    }

    private static void AddExample(IDictionary<string, IOpenApiMediaType> content, string mediaType, string name, string body)
    {
        if (!content.TryGetValue(mediaType, out var found) || found is not OpenApiMediaType media)
            content[mediaType] = media = new OpenApiMediaType { Schema = Schemas.Text() };
        media.Examples ??= new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
        var isJson = mediaType.EndsWith("json", StringComparison.Ordinal) && mediaType != MediaTypes.NdJson;
        media.Examples[name] = new OpenApiExample { Value = isJson ? JsonNode.Parse(body)! : JsonValue.Create(body) };
    }

    /// <summary>
    /// Bytes, or a form with a part of bytes. The other parts are described only in a text: with schemas, NSwag would give a method two parameters of one name.
    /// </summary>
    private static OpenApiMediaType Binary(string? part)
    {
        if (part is null)
            return new() { Schema = Schemas.Bytes() };
        var form = new OpenApiSchema { Type = JsonSchemaType.Object, Required = new HashSet<string>(StringComparer.Ordinal) { part } };
        form.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { [part] = Schemas.Bytes() };
        form.Description = "Each parameter of the query may be a part of the form instead, before the file or after it; any other part is refused.";
        // Kiota sends the body as a form only if the encoding of its parts is given.
        var encoding = new Dictionary<string, OpenApiEncoding>(StringComparer.Ordinal) { [part] = new() { ContentType = MediaTypes.Bytes } };
        return new() { Schema = form, Encoding = encoding };
    }
}
