using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.Http.OpenApi;

/// <summary>What is said of the service as a whole: its groups in the order of the work, and that it asks for no credentials.</summary>
internal sealed class ServiceDescription : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Tags = new HashSet<OpenApiTag>(context.ApiDescriptions.SelectMany(call => call.ActionDescriptor.EndpointMetadata).OfType<Described.DescribedTag>().Distinct()
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        // An empty requirement is met by every request.
        swaggerDoc.Security = [new OpenApiSecurityRequirement()];
    }
}
