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
        // In place: behind a reference, NSwag makes a class of several types.
        builder.Services.AddInlineSchema<ClassLabel>(_ => new OpenApiSchema
        {
            Description = "One of a target's two values: a number, true or false, or the text of a category.",
            OneOf = [Schemas.Only(true), Schemas.Only(false), Schemas.Number(), Schemas.Text()],
        });
        // A text first, for generators that know only one type: a text may say each label, and is what the service writes.
        builder.Services.AddSchema<GivenLabel>(() => new()
        {
            Description = "One of a target's two values, also a number, true or false as a text.",
            OneOf = [Schemas.Text(), Schemas.Number(), Schemas.Boolean()],
        });
        builder.Services.AddInlineSchema<ClassLabels>(of => Schemas.ArrayOf(of(typeof(ClassLabel))));
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
        routes.WithTag("Models", "Versions of models: what a fit has found, and predictions with it, of records or of whole files.");

    /// <summary>The path's <c>name</c>.</summary>
    internal static RouteHandlerBuilder WithModelName(this RouteHandlerBuilder route) =>
        route.WithPathParameter("name", "The model's name.", Schemas.Text(pattern: ResourceNames.Form));

    /// <summary>The path's <c>version</c>.</summary>
    internal static RouteHandlerBuilder WithModelVersion(this RouteHandlerBuilder route) =>
        route.WithPathParameter("version", "The number of the version.", Schemas.Integer(minimum: 1));

    /// <summary>The versions that a path means: the newest of a name, or the one of that number.</summary>
    internal static IQueryable<ModelVersion> Ref(this IQueryable<ModelVersion> versions, string name, int? version) =>
        version is null
            ? versions.Where(v => v.Name == name).OrderByDescending(v => v.Version).Take(1)
            : versions.Where(v => v.Name == name && v.Version == version);

    /// <summary>The 404 of a path to none.</summary>
    internal static Task<ProblemHttpResult> MissingModelAsync(this SigmoidDbContext db, string name, int? version, CancellationToken cancellationToken) =>
        MissingName.ProblemAsync(
            Describe(name, version),
            name,
            db.ModelVersions.Where(v => v.Name == name).Select(v => v.Version),
            db.Models.Select(m => m.Name),
            db.ModelVersions.Select(v => v.Name),
            cancellationToken);

    /// <summary>How a problem calls what the path meant.</summary>
    internal static string Describe(string name, int? version) => version is null ? $"model '{name}'" : $"version {version} of model '{name}'";
}
