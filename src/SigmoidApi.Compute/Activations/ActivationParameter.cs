namespace SigmoidApi.Compute.Activations;

/// <summary>A parameter of an activation, such as the slope of leaky_relu for negative arguments.</summary>
/// <param name="Name">The name in requests.</param>
/// <param name="Default">The value if a request does not give one.</param>
/// <param name="Description">The effect of the parameter.</param>
public sealed record ActivationParameter(string Name, double Default, string Description);
