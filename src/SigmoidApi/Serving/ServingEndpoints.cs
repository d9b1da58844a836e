using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;

namespace SigmoidApi.Serving;

public static class ServingEndpoints
{
    public static void AddServing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PredictFile>();
        builder.Services.AddSchema<PredictedRow>(() => new()
        {
            Type = JsonSchemaType.Object,
            MinProperties = 2,
            AdditionalProperties = Schemas.Any(),
            Description = "The cells of a row of the file, by the names of their columns and as they came; and `probability` and `label`, "
                + "with `_1` behind the name where the file has a column of that name.",
        });
    }

    /// <summary>The routes under <c>/models</c> by which a model is asked.</summary>
    public static void MapServing(this RouteGroupBuilder api) => PredictRoutes.Map(api.MapGroup("/models").WithModelTag());
}
