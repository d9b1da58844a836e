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
            Description = "The cells of a row of the file by column name, unchanged, and `probability` and `label`; with more than two classes "
                + "`probability_<class>` for each class, and `label`. "
                + "If the file already has a column of one of these names, `_1` is appended to the name.",
        });
    }

    /// <summary>The routes under <c>/models</c> that predict with a model.</summary>
    public static void MapServing(this RouteGroupBuilder api) => PredictRoutes.Map(api.MapGroup("/models").WithModelTag());
}
