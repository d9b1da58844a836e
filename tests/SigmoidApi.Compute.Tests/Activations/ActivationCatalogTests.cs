using SigmoidApi.Compute.Activations;

namespace SigmoidApi.Compute.Tests.Activations;

public class ActivationCatalogTests
{
    public static readonly string[] Names =
    [
        "sigmoid", "log_sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu", "gelu", "elu", "selu", "softsign", "mish",
    ];

    [Fact]
    public void CatalogueHasEachActivationOnce() => ActivationCatalog.All.Select(activation => activation.Name).ShouldBe(Names);

    [Fact]
    public void FindReturnsTheActivationWithExactlyThatName()
    {
        foreach (var activation in ActivationCatalog.All)
            ActivationCatalog.Find(activation.Name).ShouldBeSameAs(activation);
        ActivationCatalog.Find("Sigmoid").ShouldBeNull();
        ActivationCatalog.Find("").ShouldBeNull();
        ActivationCatalog.Find("sigmoid").ShouldBeSameAs(ActivationCatalog.Sigmoid);
    }

    [Fact]
    public void EveryActivationIsDescribed()
    {
        foreach (var activation in ActivationCatalog.All)
        {
            activation.Formula.ShouldContain("x");
            activation.DerivativeFormula.ShouldNotBeNullOrWhiteSpace();
            Interval.Parse(activation.Range).ShouldSatisfyAllConditions(range => range.Lower.ShouldBeLessThan(range.Upper));
            activation.Parameters.Select(parameter => parameter.Name).ShouldBeUnique();
            activation.Parameters.ShouldAllBe(parameter => parameter.Description != "" && double.IsFinite(parameter.Default));
            activation.Parameters.ShouldAllBe(parameter => activation.Formula.Contains(parameter.Name));
        }
    }

    [Theory]
    [InlineData("leaky_relu", 0.01)]
    [InlineData("elu", 1)]
    public void AlphaHasADefault(string name, double alpha)
    {
        var activation = ActivationCatalog.Find(name).ShouldNotBeNull();
        var parameter = activation.Parameters.ShouldHaveSingleItem();
        (parameter.Name, parameter.Default).ShouldBe(("alpha", alpha));

        double[] x = [-2.5, -1, 0, 3], byDefault = new double[4], given = new double[4];
        activation.Apply(x, byDefault);
        activation.Apply(x, given, [alpha]);
        given.ShouldBe(byDefault);
        activation.Derivative(x, byDefault);
        activation.Derivative(x, given, [alpha]);
        given.ShouldBe(byDefault);
    }

    [Fact]
    public void AlphaChangesTheLeftSide()
    {
        var y = new double[2];
        ActivationCatalog.Find("leaky_relu")!.Apply([-2.0, 2.0], y, [0.25]);
        y.ShouldBe([-0.5, 2]);
        ActivationCatalog.Find("leaky_relu")!.Derivative([-2.0, 2.0], y, [0.25]);
        y.ShouldBe([0.25, 1]);
        ActivationCatalog.Find("elu")!.Apply([-800.0, 2.0], y, [3]);
        y.ShouldBe([-3, 2]);
        ActivationCatalog.Find("elu")!.Derivative([0.0, 2.0], y, [3]);
        y.ShouldBe([3, 1]);
    }

    [Fact]
    public void WrongNumberOfParametersIsRefused()
    {
        Should.Throw<ArgumentException>(() => ActivationCatalog.Find("elu")!.Apply([1.0], new double[1], [1, 2]));
        Should.Throw<ArgumentException>(() => ActivationCatalog.Sigmoid.Derivative([1.0], new double[1], [1]));
    }

    [Fact]
    public void ShortOrPartlyOverlappingDestinationIsRefused()
    {
        var buffer = new double[9];
        Should.Throw<ArgumentException>(() => ActivationCatalog.Sigmoid.Apply(buffer, buffer.AsSpan(0, 8)));
        Should.Throw<ArgumentException>(() => ActivationCatalog.Sigmoid.Apply(buffer.AsSpan(0, 8), buffer.AsSpan(1, 8)));
        buffer.ShouldAllBe(value => value == 0);
    }
}
