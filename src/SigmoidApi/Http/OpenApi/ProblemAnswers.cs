using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.Http.OpenApi;

/// <summary>
/// Gives every operation the problems that may come to any, and moves all problems of a status into one component, with its headers: what a caller should know of them is
/// written once.
/// </summary>
internal sealed class ProblemAnswers : IDocumentFilter
{
    private const string MediaType = "application/problem+json";

    private static readonly Dictionary<string, (string Id, string Description)> Kinds = new(StringComparer.Ordinal)
    {
        ["400"] = ("BadRequest", "The request is not understood, or a part of it is not as expected: `errors` names each and says what was expected."),
        ["403"] = ("Forbidden", "The request is refused, whatever it holds: `detail` says why."),
        ["404"] = ("NotFound", "There is nothing of that name or id."),
        ["406"] = ("NotAcceptable", "None of the media types in `Accept` can be given; `detail` names those that can."),
        ["409"] = ("Conflict", "Not possible in the present state; `detail` says what is in the way."),
        ["413"] = ("ContentTooLarge", "More than a limit allows; `detail` says which."),
        ["415"] = ("UnsupportedMediaType", "The body's media type, charset or coding is none that this path takes; `detail` names those that it takes."),
        ["422"] = ("UnprocessableContent", "Understood, but not possible with these data; or an `Idempotency-Key` that came with another request before."),
        ["429"] = ("TooManyRequests", "As much waits as the service takes; send the request again later."),
        ["503"] = ("ServiceUnavailable", "The service stops, or can't use its storage now. Send the request again, with an `Idempotency-Key` where it creates something."),
        ["507"] = ("InsufficientStorage", "The disk is full; nothing of the request was kept."),
        ["default"] = ("Problem", "Any other problem."),
    };

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Components ??= new OpenApiComponents();
        var components = swaggerDoc.Components.Responses ??= new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        var schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemDetails), context.SchemaRepository);
        foreach (var operation in swaggerDoc.Paths.SelectMany(path => path.Value.Operations!.Values))
        {
            var responses = operation.Responses!;
            foreach (var status in responses.Where(answer => answer.Value.Content?.ContainsKey(MediaType) is true).Select(answer => answer.Key).Concat(["503", "default"]).ToArray())
            {
                if (!Kinds.TryGetValue(status, out var kind))
                    throw new InvalidOperationException($"{operation.OperationId} has a problem {status}, which {nameof(ProblemAnswers)} does not describe.");
                components.TryAdd(kind.Id, Describe(status, kind.Description, schema));
                responses[status] = new OpenApiResponseReference(kind.Id, swaggerDoc);
            }

            operation.Responses = InOrder(responses);
        }
    }

    private static OpenApiResponse Describe(string status, string description, IOpenApiSchema schema) => new()
    {
        Description = description,
        Headers = status switch
        {
            "415" => Header("Accept-Encoding", "The codings that are taken, where the coding of the body is the fault.", Schemas.Text()),
            "429" or "503" => Header("Retry-After", "How soon to try again, in seconds.", Schemas.Integer(minimum: 0)),
            _ => null,
        },
        Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal) { [MediaType] = new OpenApiMediaType { Schema = schema } },
    };

    private static Dictionary<string, IOpenApiHeader> Header(string name, string description, OpenApiSchema schema) =>
        new(StringComparer.Ordinal) { [name] = new OpenApiHeader { Description = description, Schema = schema } };

    /// <summary>By status; <c>default</c> comes last.</summary>
    private static OpenApiResponses InOrder(OpenApiResponses responses)
    {
        var ordered = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(answer => answer.Key, StringComparer.Ordinal))
            ordered.Add(status, response);
        return ordered;
    }
}
