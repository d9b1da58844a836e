namespace SigmoidApi.Plots;

/// <summary>The example answers of the OpenAPI document: what the service answers to the example requests there.</summary>
internal static class PlotExamples
{
    public const string Histogram = """
        {"column": "word_freq_free", "target": "spam", "type": "number", "edges": [0, 0.24, 0.48, 0.72, 0.96, 1.2], "levels": null,
        "classes": [{"class": 0, "rows": 4, "missing": 0, "counts": [4, 0, 0, 0, 0]}, {"class": 1, "rows": 4, "missing": 0, "counts": [0, 2, 0, 1,
        1]}]}
        """;
}
