using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>The observations, in one of three forms.</summary>
/// <param name="Rows">A record for each, by column name.</param>
/// <param name="Columns">An array for each column.</param>
/// <param name="Features">A row of numbers for each, in the order of the model's coefficients.</param>
/// <param name="Threshold">The probability from which the label is the positive class.</param>
public sealed record PredictWithModelRequest(Records? Rows = null, NamedColumns? Columns = null, Matrix? Features = null, double Threshold = 0.5);

/// <param name="Model">Which version has predicted.</param>
/// <param name="Probabilities">For each observation, the probability of the model's second class.</param>
/// <param name="Labels">For each observation, one of the model's classes.</param>
public sealed record PredictWithModelResponse(ModelVersionName Model, double[] Probabilities, double[] Labels);

/// <summary><c>POST /models/{name}/predict</c> and <c>POST /models/{name}/versions/{version}/predict</c></summary>
internal static class PredictWithModel
{
    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapPost("/{name}/predict", Latest).WithName("PredictWithModel").WithSummary("Predict with the latest version of a model"));
        Describe(models.MapPost("/{name}/versions/{version:int}/predict", Version).WithName("PredictWithModelVersion").WithSummary("Predict with a version of a model"));
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription("Takes `rows` (records), `columns` or `features` (rows of numbers in the order of the model's coefficients).")
            .WithExample("Records", """{ "rows": [{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 }, { "word_freq_free": 0, "char_freq_!": 0, "capital_run_length": 3 }] }""")
            .WithExample("Columns", """{ "columns": { "word_freq_free": [0.9, 0], "char_freq_!": [0.4, 0], "capital_run_length": [60, 3] } }""")
            .WithExample("Features", """{ "features": [[0.9, 0.4, 60], [0, 0, 3]], "threshold": 0.5 }""")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithExampleOf("name", "\"mails\"")
            .WithExampleOf("version", "1");

    private static Task<Results<Ok<PredictWithModelResponse>, ProblemHttpResult>> Latest(
        string name, JsonBody<PredictWithModelRequest> body, ModelCache models, CancellationToken cancellationToken) =>
        Handle(name, version: null, body, models, cancellationToken);

    private static Task<Results<Ok<PredictWithModelResponse>, ProblemHttpResult>> Version(
        string name, int version, JsonBody<PredictWithModelRequest> body, ModelCache models, CancellationToken cancellationToken) =>
        Handle(name, version, body, models, cancellationToken);

    private static async Task<Results<Ok<PredictWithModelResponse>, ProblemHttpResult>> Handle(
        string name, int? version, JsonBody<PredictWithModelRequest> body, ModelCache models, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(name, version, cancellationToken) is not { } served)
            return Problems.NotFound(ModelEndpoints.Describe(name, version));
        var request = body.Value;
        using var observations = Observations.From(request, served.Terms);
        if (observations.Failure is { } failure)
            return Problems.From(failure);
        var probabilities = new double[observations.Rows];
        served.Model.PredictProbabilities(observations.Values, probabilities);
        return TypedResults.Ok(new PredictWithModelResponse(
            served.Name, probabilities, LogisticModel.Labels(probabilities, request.Threshold, served.Classes[0], served.Classes[1])));
    }

    internal sealed class Validator : AbstractValidator<PredictWithModelRequest>
    {
        public Validator()
        {
            RuleFor(r => r).Must(r => (r.Rows is null ? 0 : 1) + (r.Columns is null ? 0 : 1) + (r.Features is null ? 0 : 1) == 1)
                .OverridePropertyName("features").WithMessage("expected exactly one of 'rows', 'columns' and 'features'");
            RuleFor(r => r.Threshold).Probability();
        }
    }
}
