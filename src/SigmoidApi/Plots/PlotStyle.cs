using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Plots;

internal enum PlotTheme
{
    Light,
    Dark,
}

internal enum PlotFormat
{
    Svg,
    Png,
}

/// <summary>How the caller wants a plot: the end of the path, <c>width</c>, <c>height</c> and <c>theme</c>.</summary>
internal sealed class PlotStyle : IRequestInput, IEndpointParameterMetadataProvider
{
    public const int LeastPixels = 200;
    private const int DefaultWidth = 800;
    private const int DefaultHeight = 600;

    private static readonly string[] Themes = ["light", "dark"];

    public InputFailure? Failure { get; private init; }

    public PlotFormat Format { get; init; }

    public int Width { get; init; } = DefaultWidth;

    public int Height { get; init; } = DefaultHeight;

    public PlotTheme Theme { get; init; }

    /// <summary>The most rows of names that a setting allows.</summary>
    public int MaxRows { get; init; } = 40;

    /// <summary>The most points of a curve that a setting allows.</summary>
    public int MaxPoints { get; init; } = 2_000;

    /// <summary>How much larger texts and lines are than in a plot of 400 × 300 pixels.</summary>
    public float Zoom => MathF.Sqrt(Math.Min(Width / 400f, Height / 300f));

    /// <summary>The size of the texts at the axes in pixels.</summary>
    public float FontSize => 11.5f * Zoom;

    /// <summary>How many rows with a name fit.</summary>
    public int Rows => Math.Clamp((int)((Height - 6.5f * FontSize) / (1.55f * FontSize)), 1, MaxRows);

    public string MediaType => Format == PlotFormat.Svg ? MediaTypes.Svg : MediaTypes.Png;

    /// <summary>Tells the bytes of this style from those of others.</summary>
    public string Tag => string.Create(CultureInfo.InvariantCulture, $"{Format}-{Width}x{Height}-{Theme}-{MaxRows}-{MaxPoints}");

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new StyleParameters());
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(HttpValidationProblemDetails), [MediaTypes.Problem]));
    }

    public static ValueTask<PlotStyle> BindAsync(HttpContext context, ParameterInfo _)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<PlotOptions>>().Value;
        if (!TryPixels("width", DefaultWidth, out var width, out var failure) || !TryPixels("height", DefaultHeight, out var height, out failure))
            return Failed(failure);
        var theme = context.Request.Query["theme"] is [{ } text, ..] ? text : Themes[0];
        if (Array.IndexOf(Themes, theme) is var index && index < 0)
        {
            var message = $"expected 'light' or 'dark', got '{theme}'{NearestName.Hint(theme, Themes)}";
            return Failed(new(StatusCodes.Status400BadRequest, "theme", message));
        }

        return ValueTask.FromResult(new PlotStyle
        {
            Format = context.Request.Path.Value!.EndsWith(".png", StringComparison.Ordinal) ? PlotFormat.Png : PlotFormat.Svg,
            Width = width,
            Height = height,
            Theme = (PlotTheme)index,
            MaxRows = options.MaxRows,
            MaxPoints = options.MaxPoints,
        });

        bool TryPixels(string name, int byDefault, out int pixels, out InputFailure failure)
        {
            (pixels, failure) = (Math.Min(byDefault, options.MaxPixels), null!);
            if (context.Request.Query[name] is not [{ } written, ..])
                return true;
            if (int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out pixels) && pixels >= LeastPixels && pixels <= options.MaxPixels)
                return true;
            failure = new(StatusCodes.Status400BadRequest, name, string.Create(
                CultureInfo.InvariantCulture, $"expected a whole number of pixels from {LeastPixels} to {options.MaxPixels}, got '{written}'"));
            return false;
        }

        static ValueTask<PlotStyle> Failed(InputFailure failure) => ValueTask.FromResult(new PlotStyle { Failure = failure });
    }

    private sealed class StyleParameters : IQueryNames
    {
        public IReadOnlyList<string> Names => ["width", "height", "theme"];
    }
}
