namespace SigmoidApi.Tests.TrainingJobs;

/// <summary>Requests whose fits take as long as a test needs.</summary>
internal static class LongFit
{
    /// <summary>A few separable rows, which every solver fits quickly with a penalty.</summary>
    public const string Quick = """{ "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4]], "labels": [0, 1, 1, 0] }, "modelName": "quick" }""";

    /// <summary>A million full passes over a thousand rows, without early stopping: it takes minutes unless it is ended.</summary>
    public static string Request(string modelName = "long", int iterations = 1_000_000)
    {
        var (features, labels) = ReferenceData.Article();
        return System.Text.Json.JsonSerializer.Serialize(
            new
            {
                data = new { features, labels },
                modelName,
                solver = "gradient_descent",
                penalty = "none",
                tolerance = 0,
                learningRate = 1e-9,
                maxIterations = iterations,
            },
            System.Text.Json.JsonSerializerOptions.Web);
    }
}
