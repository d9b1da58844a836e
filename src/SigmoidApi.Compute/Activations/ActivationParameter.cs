namespace SigmoidApi.Compute.Activations;

/// <summary>A number that shapes an activation, such as the slope of leaky_relu on the left.</summary>
public sealed record ActivationParameter(string Name, double Default, string Description);
