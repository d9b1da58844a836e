using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;

namespace SigmoidApi.Inspection;

public static class InspectionEndpoints
{
    public static void AddInspection(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<InspectedModels>().AddSingleton<GetImportance>();

    /// <summary>The routes under <c>/models</c> that inspect a version.</summary>
    public static void MapInspection(this RouteGroupBuilder api)
    {
        var models = api.MapGroup("/models").WithModelTag();
        GetModelSummary.Map(models);
        GetInfluence.Map(models);
        GetMargins.Map(models);
        GetColumnTests.Map(models);
        GetImportance.Map(models);
        CompareModels.Map(models);
    }

    /// <summary>Parameters and problems of an inspection that reads the training rows.</summary>
    internal static RouteHandlerBuilder ReadingRows(this RouteHandlerBuilder route, bool ofVersion) => route
        .Inspecting(ofVersion)
        .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>Parameters and problems that all inspections have.</summary>
    internal static RouteHandlerBuilder Inspecting(this RouteHandlerBuilder route, bool ofVersion)
    {
        route.ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithModelName().WithExampleOf("name", "\"inspected\"").WithETag();
        return ofVersion ? route.WithModelVersion().WithExampleOf("version", "1") : route;
    }

    /// <summary>The rows are those of the training, so they are needed, but not kept with the model.</summary>
    internal const string NeedsRows =
        "Reads the training rows again, as the fit had them: 409 if they came in the request or their data set has been deleted. Weights count as frequencies.";
}
