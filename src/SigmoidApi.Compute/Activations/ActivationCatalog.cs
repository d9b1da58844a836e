namespace SigmoidApi.Compute.Activations;

/// <summary>All activations.</summary>
public static class ActivationCatalog
{
    public static Activation Sigmoid { get; } = new Sigmoid();

    public static IReadOnlyList<Activation> All { get; } =
    [
        Sigmoid,
        new LogSigmoid(),
        new Tanh(),
        new Relu(),
        new LeakyRelu(),
        new Softplus(),
        new Silu(),
        new Gelu(),
        new Elu(),
        new Selu(),
        new Softsign(),
        new Mish(),
    ];

    /// <summary>The activation with exactly this name, or null.</summary>
    public static Activation? Find(string name) => All.FirstOrDefault(activation => activation.Name == name);
}
