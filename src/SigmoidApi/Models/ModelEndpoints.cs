using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

public static class ModelEndpoints
{
    public static void AddModels(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ModelCache>();
        // Inline, because NSwag generates a class for a reference to a schema of several types.
        builder.Services.AddInlineSchema<ClassLabel>(_ => new OpenApiSchema
        {
            Description = "One of a target's values: a number, true or false, or the text of a category.",
            OneOf = [Schemas.Only(true), Schemas.Only(false), Schemas.Number(), Schemas.Text()],
        });
        // Text comes first, for client generators that use the first type only: every label can be written as a text, and the service writes texts.
        builder.Services.AddSchema<GivenLabel>(() => new()
        {
            Description = "One of a target's values. A number, true or false may also be written as a text.",
            OneOf = [Schemas.Text(), Schemas.Number(), Schemas.Boolean()],
        });
        builder.Services.AddInlineSchema<ClassLabels>(of => Schemas.ArrayOf(of(typeof(ClassLabel))));
        builder.Services.AddInlineSchema<Standardized>(_ => Schemas.OneOf(Schemas.Number(), Schemas.ArrayOf(Schemas.Number())));
        builder.Services.AddInlineSchema<ClassNumbers>(_ => Schemas.ArrayOf(Schemas.OneOf(
            Schemas.Number(minimum: 0, maximum: 1), Schemas.ArrayOf(Schemas.Number(minimum: 0, maximum: 1)))));
    }

    public static void MapModels(this RouteGroupBuilder api)
    {
        var models = api.MapGroup("/models").WithModelTag();
        ListModels.Map(models);
        GetModel.Map(models);
        GetCovariance.Map(models);
        DeleteModel.Map(models);
    }

    internal static RouteGroupBuilder WithModelTag(this RouteGroupBuilder routes) =>
        routes.WithTag("Models", "Versions of models: the results of a fit, and predictions for records or whole files.");

    /// <summary>The parameter <c>name</c> of the path.</summary>
    internal static RouteHandlerBuilder WithModelName(this RouteHandlerBuilder route) =>
        route.WithPathParameter("name", "The model's name.", Schemas.Text(pattern: ResourceNames.Form));

    /// <summary>The parameter <c>version</c> of the path.</summary>
    internal static RouteHandlerBuilder WithModelVersion(this RouteHandlerBuilder route) =>
        route.WithPathParameter("version", "The number of the version.", Schemas.Integer(minimum: 1));

    /// <summary>A query for the version that a path means, with at most one result: the newest of the name, or the one with the number.</summary>
    internal static IQueryable<ModelVersion> Referenced(this IQueryable<ModelVersion> versions, string name, int? version) =>
        version is null
            ? versions.Where(v => v.Name == name).OrderByDescending(v => v.Version).Take(1)
            : versions.Where(v => v.Name == name && v.Version == version);

    /// <summary>The 404 for a model or version that does not exist.</summary>
    internal static Task<ProblemHttpResult> MissingModelAsync(this SigmoidDbContext db, string name, int? version, CancellationToken cancellationToken) =>
        MissingName.ProblemAsync(
            Describe(name, version),
            name,
            db.ModelVersions.Where(v => v.Name == name).Select(v => v.Version),
            db.Models.Select(m => m.Name),
            db.ModelVersions.Select(v => v.Name),
            cancellationToken);

    /// <summary>The model or version, as problems describe it.</summary>
    internal static string Describe(string name, int? version) => version is null ? $"model '{name}'" : $"version {version} of model '{name}'";
}
