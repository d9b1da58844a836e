namespace SigmoidApi.Functions;

/// <summary>Answers of the service that the OpenAPI document shows.</summary>
internal static class ActivationExamples
{
    public const string Catalogue = """
        [{"name": "sigmoid", "formula": "1 / (1 + exp(-x))", "derivativeFormula": "sigmoid(x) * (1 - sigmoid(x))", "range": "(0, 1)",
        "zeroCentered": false, "monotonic": true, "saturates": true, "parameters": []}, {"name": "log_sigmoid", "formula": "-log(1 + exp(-x))",
        "derivativeFormula": "sigmoid(-x)", "range": "(-inf, 0)", "zeroCentered": false, "monotonic": true, "saturates": false, "parameters": []}]
        """;

    public const string Values = """
        {"values": [[0.2689414213699951, 0.6224593312018546], [0, 1]]}
        """;

    public const string Softmax = """
        {"values": [[0.09003057317038045, 0.24472847105479764, 0.6652409557748218], [0.5, 0.5, 0]], "logSumExp": [3.4076059644443806, 0.6931471805599453]}
        """;

    public const string SoftmaxDerivative = """
        {"values": [0.08192506906499323, 0.18483644646503546, 0.2226954261035823]}
        """;

    public const string OfQuery = """
        {"values": [0.2689414213699951, 0.6224593312018546]}
        """;
}
