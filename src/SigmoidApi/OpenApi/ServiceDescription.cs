using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Operations;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.OpenApi;

/// <summary>What is said of the service as a whole: its groups in the order of the work, its health, and that it asks for no credentials.</summary>
internal sealed class ServiceDescription : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Tags = new HashSet<OpenApiTag>(context.ApiDescriptions
            .SelectMany(call => call.ActionDescriptor.EndpointMetadata).OfType<Described.DescribedTag>()
            .Append(new(ServiceVersion.Tag, ServiceVersion.TagText)).DistinctBy(tag => tag.Name)
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        // An empty requirement is met by every request.
        swaggerDoc.Security = [new OpenApiSecurityRequirement()];
        AddHealth(swaggerDoc, "/health/live", "IsLive", "Whether the process lives", "It is not to be restarted.", unhealthy: false);
        AddHealth(
            swaggerDoc, "/health/ready", "IsReady", "Whether the service can do its work now",
            "503 where its database can't be reached, and while it stops.", unhealthy: true);
    }

    /// <summary>Health checks are no endpoints that the API explorer knows.</summary>
    private static void AddHealth(OpenApiDocument document, string path, string id, string summary, string description, bool unhealthy)
    {
        var operation = new OpenApiOperation
        {
            OperationId = id,
            Summary = summary,
            Description = description,
            Tags = new HashSet<OpenApiTagReference> { new(ServiceVersion.Tag, document) },
            Responses = new() { ["200"] = Status("Yes.", "Healthy") },
        };
        if (unhealthy)
            operation.Responses["503"] = Status("No.", "Unhealthy");
        document.Paths.Add(path, new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Get] = operation } });
    }

    private static OpenApiResponse Status(string description, string word) => new()
    {
        Description = description,
        Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
        {
            ["text/plain"] = new OpenApiMediaType
            {
                Schema = Schemas.OneOfTexts(word),
                Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal) { [word] = new OpenApiExample { Value = word } },
            },
        },
        Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
        {
            ["Expires"] = new OpenApiHeader { Description = "In the past: the answer is not to be kept.", Required = true, Schema = Schemas.Text() },
            ["Pragma"] = new OpenApiHeader { Description = "`no-cache`", Required = true, Schema = Schemas.Text() },
        },
    };
}
