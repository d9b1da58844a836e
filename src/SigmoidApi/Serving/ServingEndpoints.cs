using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;

namespace SigmoidApi.Serving;

public static class ServingEndpoints
{
    public static void AddServing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PredictFile>();
        builder.Services.AddInlineSchema<ExplainRequest>(_ => Schemas.OneOf(
            Schemas.Boolean(),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema> { ["top"] = Schemas.Integer(minimum: 1) },
                AdditionalPropertiesAllowed = false,
            }));
        builder.Services.AddSchema<PredictionExplanation>(() => new()
        {
            Type = JsonSchemaType.Object,
            Description = "What each column adds to the log-odds of a row: `baseline`, the mean log-odds of the training rows, and all contributions add up to "
                + "`logOdds`. `other` is the sum of the columns that are not named, if only some are. With more than two classes it is about `class`.",
            Required = new HashSet<string> { "baseline", "logOdds", "contributions" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["class"] = Answered(Schemas.Any(), "The class that the row is predicted as. Left out with two classes."),
                ["baseline"] = Answered(Schemas.Number(), "The mean log-odds of the training rows."),
                ["logOdds"] = Answered(AnyNumber(), "The log-odds of the row."),
                ["contributions"] = Answered(Schemas.MapOf(AnyNumber()), "What each column adds to the baseline."),
                ["other"] = Answered(AnyNumber(), "What the columns that are not named add. Left out if all are named."),
            },
        });
        builder.Services.AddInlineSchema<Explanations>(of => Schemas.ArrayOf(of(typeof(PredictionExplanation))));
        builder.Services.AddInlineSchema<OneRecord>(of => of(typeof(Dictionary<string, object?>)));
        builder.Services.AddInlineSchema<VariedValues>(_ => new OpenApiSchema
        {
            Description = "Of a number its least and greatest value, of a category its levels, or `true` for every value that the model knows.",
            OneOf = [Schemas.Only(true), Schemas.ArrayOf(Schemas.OneOf(Schemas.Text(), Schemas.Number(), Schemas.Boolean()))],
        });
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

    /// <summary>A number that overflows if the row has huge values.</summary>
    private static OpenApiSchema AnyNumber() => Schemas.OneOf(Schemas.Number(), Schemas.NotFinite());

    private static IOpenApiSchema Answered(OpenApiSchema schema, string description) =>
        Schemas.Annotated(schema, description, byDefault: null, readOnly: true);

    /// <summary>The routes under <c>/models</c> that predict with a model.</summary>
    public static void MapServing(this RouteGroupBuilder api) => Map(api.MapGroup("/models").WithModelTag());

    private static void Map(RouteGroupBuilder models)
    {
        PredictRoutes.Map(models);
        FindCounterfactual.Map(models);
    }
}
