using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Operations;
using SigmoidApi.Tables;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.OpenApi;

/// <summary>Describes the service as a whole: its groups in the order of use, its health checks, and that it asks for no credentials.</summary>
internal sealed class ServiceDescription : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Tags = new HashSet<OpenApiTag>(context.ApiDescriptions
            .SelectMany(call => call.ActionDescriptor.EndpointMetadata).OfType<Described.DescribedTag>()
            .Append(new(ServiceVersion.Tag, ServiceVersion.TagText)).DistinctBy(tag => tag.Name)
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        // Every request meets an empty requirement.
        swaggerDoc.Security = [new OpenApiSecurityRequirement()];
        AddHealth(swaggerDoc, "/health/live", "IsLive", "Whether the process is alive", "A process that answers does not need a restart.", unhealthy: false);
        AddHealth(
            swaggerDoc, "/health/ready", "IsReady", "Whether the service can do its work now",
            "503 where its database can't be reached, and while it stops.", unhealthy: true);
    }

    /// <summary>Adds a health check, since the API explorer does not know them.</summary>
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
            [MediaTypes.Text] = new OpenApiMediaType
            {
                Schema = Schemas.OneOfTexts(word),
                Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal) { [word] = new OpenApiExample { Value = word } },
            },
        },
        Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
        {
            ["Expires"] = new OpenApiHeader { Description = "In the past: the answer must not be stored.", Required = true, Schema = Schemas.Text() },
            ["Pragma"] = new OpenApiHeader { Description = "`no-cache`", Required = true, Schema = Schemas.Text() },
        },
    };
}
