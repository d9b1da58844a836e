namespace SigmoidApi.Compute.Activations;

/// <summary>A number that shapes an activation, such as the slope of leaky_relu on the left.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Default">What it is where a request does not say it.</param>
/// <param name="Description">What it does.</param>
public sealed record ActivationParameter(string Name, double Default, string Description);
