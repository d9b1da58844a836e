using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.OpenApi;

/// <summary>
/// Adds the problems that any operation may answer, and moves all problems of a status into one component with its headers and an example, so that each is
/// described once.
/// </summary>
internal sealed class ProblemAnswers : IDocumentFilter
{
    private static readonly Dictionary<string, Kind> Kinds = new(StringComparer.Ordinal)
    {
        ["400"] = new(
            "BadRequest", "The request can't be read, or a part of it is not as expected: `errors` names each part and says what was expected.",
            "c: expected a finite number above 0, got 0", """{ "c": ["expected a finite number above 0, got 0"] }"""),
        ["403"] = new(
            "Forbidden", "The request is refused, whatever its content: `detail` says why.",
            "Origin 'https://other.example': pages of other sites may not change anything here; this request came to 'http://127.0.0.1:5080'. "
            + "The setting Http:CorsOrigins lists the sites that may; "
            + "behind a proxy, Http:KnownProxies makes the service use the address that the proxy forwards."),
        ["404"] = new("NotFound", "Nothing has that name or id.", "There is no model 'mails'."),
        ["406"] = new(
            "NotAcceptable", "The answer can't be given in any media type of `Accept`; `detail` names the available types.",
            "Expected an Accept of application/vnd.apache.parquet, text/csv, application/x-ndjson, application/json, got application/xml."),
        ["409"] = new(
            "Conflict", "Not possible in the present state; `detail` says why.",
            "Training job 01a22bf7-57c2-7c3e-9525-715c0d87bf6e has ended; its status is 'succeeded'."),
        ["412"] = new("PreconditionFailed", "The file is not the one that `If-Match` names."),
        ["413"] = new(
            "ContentTooLarge", "More than a limit allows; `detail` says which.",
            "The body is larger than 67108864 bytes (Limits:MaxBodyBytes)."),
        ["415"] = new(
            "UnsupportedMediaType", "The path does not take the body's media type, charset or coding; `detail` names those that it takes.",
            "Expected a Content-Type of application/json, got text/plain."),
        ["416"] = new(
            "RangeNotSatisfiable", "The file does not have the part that `Range` asks for; `Content-Range` says how many bytes it has."),
        ["422"] = new(
            "UnprocessableContent", "Readable, but not possible with these data; or another request has used the `Idempotency-Key` before.",
            "positiveClass: expected yes or no, the values of 'bought', got 'maybe'",
            """{ "positiveClass": ["expected yes or no, the values of 'bought', got 'maybe'"] }"""),
        ["429"] = new(
            "TooManyRequests", "A queue of the service is full; send the request again later.",
            "As many jobs wait as this service takes (Training:MaxQueueLength); send it again later."),
        ["503"] = new(
            "ServiceUnavailable",
            "The service stops, or can't use its storage now, as when the disk is full. "
            + "Send the request again, with an `Idempotency-Key` where it creates something."),
        ["default"] = new("Problem", "Any other problem."),
    };

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Components ??= new OpenApiComponents();
        var components = swaggerDoc.Components.Responses ??= new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        var schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemDetails), context.SchemaRepository);
        foreach (var operation in swaggerDoc.Paths.SelectMany(path => path.Value.Operations!.Values))
        {
            var responses = operation.Responses!;
            var problems = responses.Where(answer => answer.Value.Content?.ContainsKey(MediaTypes.Problem) is true).Select(answer => answer.Key);
            foreach (var status in problems.Concat(["503", "default"]).ToArray())
            {
                if (!Kinds.TryGetValue(status, out var kind))
                    throw new InvalidOperationException($"{operation.OperationId} has a problem {status}, which {nameof(ProblemAnswers)} does not describe.");
                components.TryAdd(kind.Id, Describe(status, kind, schema));
                responses[status] = new OpenApiResponseReference(kind.Id, swaggerDoc);
            }

            operation.Responses = InOrder(responses);
        }
    }

    private static OpenApiResponse Describe(string status, Kind kind, IOpenApiSchema schema) => new()
    {
        Description = kind.Description,
        Headers = status switch
        {
            "412" => Headers(Tag, Made),
            "415" => Headers(
                ("Accept-Encoding", "The codings that are taken, where the coding of the body is the fault; left out otherwise.", Schemas.Text()),
                ("Accept", "The media types that the path takes, where the media type of the body is the fault; left out otherwise.", Schemas.Text())),
            "416" => Headers(
                Tag, Made,
                ("Accept-Ranges", "`bytes`: parts can be asked for.", Schemas.Text()),
                ("Content-Range", "How many bytes the file has.", Schemas.Text())),
            "429" or "503" => Headers(("Retry-After", "How soon to try again, in seconds.", Schemas.Integer(minimum: 0))),
            _ => null,
        },
        Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
        {
            [MediaTypes.Problem] = new OpenApiMediaType
            {
                Schema = schema,
                Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal)
                {
                    [kind.Id] = new OpenApiExample { Value = ExampleOf(status, kind) },
                },
            },
        },
    };

    private static JsonObject ExampleOf(string status, Kind kind)
    {
        var code = status == "default" ? StatusCodes.Status500InternalServerError : int.Parse(status, CultureInfo.InvariantCulture);
        var problem = new JsonObject
        {
            ["type"] = Problems.Untyped,
            ["title"] = ReasonPhrases.GetReasonPhrase(code),
            ["status"] = code,
            ["detail"] = kind.Detail ?? ProblemWriter.UsualDetailOf(code),
        };
        if (kind.Errors is not null)
            problem["errors"] = JsonNode.Parse(kind.Errors);
        problem["traceId"] = "0af7651916cd43dd8448eb211c80319c";
        return problem;
    }

    private static (string Name, string Description, OpenApiSchema Schema) Tag =>
        ("ETag", "Names the data set and the format; a data set never changes.", Schemas.Text());

    private static (string Name, string Description, OpenApiSchema Schema) Made => ("Last-Modified", "When the data set was made.", Schemas.Text());

    private static Dictionary<string, IOpenApiHeader> Headers(params (string Name, string Description, OpenApiSchema Schema)[] headers) =>
        headers.ToDictionary(header => header.Name, IOpenApiHeader (header) => new OpenApiHeader
        {
            Description = header.Description,
            Schema = header.Schema,
            Required = !header.Description.Contains("left out", StringComparison.Ordinal),
        });

    /// <summary>By status; <c>default</c> comes last.</summary>
    private static OpenApiResponses InOrder(OpenApiResponses responses)
    {
        var ordered = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(answer => answer.Key, StringComparer.Ordinal))
            ordered.Add(status, response);
        return ordered;
    }

    /// <summary>A kind of problem.</summary>
    /// <param name="Id">The name of its component.</param>
    /// <param name="Description">When it is answered.</param>
    /// <param name="Detail">The detail of the example; null for the usual one of the status.</param>
    /// <param name="Errors">The errors of the example, in JSON; null for none.</param>
    private sealed record Kind(string Id, string Description, string? Detail = null, string? Errors = null);
}
