namespace SigmoidApi.Functions;

/// <summary>The logistic functions of the article, on data and weights that the request carries.</summary>
public static class PredictionEndpoints
{
    public static void MapPrediction(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("Functions");
        Predict.Map(group);
        Cost.Map(group);
        UpdateWeights.Map(group);
    }
}
