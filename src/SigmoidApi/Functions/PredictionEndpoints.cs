namespace SigmoidApi.Functions;

/// <summary>The routes of the article's logistic functions, on data and weights in the request.</summary>
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
