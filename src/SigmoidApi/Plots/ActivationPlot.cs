using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Functions;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Plots;

/// <summary><c>GET /activations/{name}.svg</c> and <c>.png</c></summary>
internal static class ActivationPlot
{
    /// <summary>The most of |x| that is drawn: beyond it, each activation is as good as a straight line.</summary>
    private const double Reach = 6;

    private const int Points = 601;

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/activations/{{name}}.{format}", Handle)
                .AsPlot("PlotActivation", format, "An activation and its derivative from -6 to 6", "With the default of each parameter.").WithETag()
                .WithPathParameter(
                    "name", $"The activation's name; {ActivationEndpoints.Listed}.", Schemas.OneOfTexts(ActivationCatalog.All.Select(a => a.Name)))
                .WithExampleOf("name", "\"tanh\"");
        }
    }

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Handle(
        string name, PlotStyle style, HttpContext context, CancellationToken cancellationToken) =>
        ActivationCatalog.Find(name) is { } activation
            ? await PlotEndpoints.AnswerAsync(context, style, name, () => Of(activation), cancellationToken)
            : ActivationEndpoints.NotFound(name);

    internal static Figure Of(Activation activation)
    {
        var x = new double[Points];
        var (values, slopes) = (new double[Points], new double[Points]);
        for (var i = 0; i < Points; i++)
            x[i] = Reach * (2.0 * i / (Points - 1) - 1);
        double[] parameters = [.. activation.Parameters.Select(parameter => parameter.Default)];
        activation.Apply(x, values, parameters);
        activation.Derivative(x, slopes, parameters);
        var defaults = string.Concat(activation.Parameters.Select(parameter =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $", {parameter.Name} = {parameter.Default}")));
        return new($"{activation.Name}{defaults}", new("x", -Reach, Reach), new("value"))
        {
            Guides = [new(null, 0)],
            Curves = [new($"{activation.Name}(x)", x, values), new("derivative", x, slopes)],
        };
    }
}
