using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>A function of the catalogue, or its derivative, with default parameters and one vector width.</summary>
internal sealed record ActivationCase(Activation Activation, bool IsDerivative, Width Width)
{
    private readonly double[] _parameters = [.. Activation.Parameters.Select(parameter => parameter.Default)];

    public double[] Reference => IsDerivative ? ReferenceValues.Derivatives(Activation.Name) : ReferenceValues.Values(Activation.Name);

    public static IEnumerable<Width> Widths =>
        new[] { Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512 }.Where(width => width <= Hardware.Widest);

    /// <summary>Every function of the catalogue, for tests at the widest width only.</summary>
    public static TheoryData<string, bool> Functions =>
        new MatrixTheoryData<string, bool>(ActivationCatalog.All.Select(activation => activation.Name), [false, true]);

    /// <summary>Every function at every width that this machine has.</summary>
    public static TheoryData<string, bool, string> FunctionsAndWidths =>
        new MatrixTheoryData<string, bool, string>(
            ActivationCatalog.All.Select(activation => activation.Name), [false, true], Widths.Select(width => width.ToString()));

    public static ActivationCase Of(string name, bool isDerivative, string width = nameof(Width.Widest)) =>
        new(ActivationCatalog.Find(name).ShouldNotBeNull(), isDerivative, Enum.Parse<Width>(width));

    public void Apply(ReadOnlySpan<double> x, Span<double> y)
    {
        if (IsDerivative)
            Activation.Derivative(x, y, _parameters, Width);
        else
            Activation.Apply(x, y, _parameters, Width);
    }

    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        if (IsDerivative)
            Activation.Derivative(x, y, _parameters, Width);
        else
            Activation.Apply(x, y, _parameters, Width);
    }

    public double[] Apply(params double[] x)
    {
        var y = new double[x.Length];
        Apply(x, y);
        return y;
    }

    public double At(double x) => Apply([x])[0];

    public float At(float x)
    {
        var y = 0f;
        Apply(new ReadOnlySpan<float>(in x), new Span<float>(ref y));
        return y;
    }
}
