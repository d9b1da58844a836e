using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>The largest body that a request may have.</summary>
/// <param name="Bytes">The limit, for the body as sent and for the decompressed body.</param>
/// <param name="Setting">The setting of the limit, such as <c>Limits:MaxBodyBytes</c>.</param>
internal sealed record BodyLimit(long Bytes, string Setting)
{
    private const string MaxBodySetting = $"{LimitOptions.Section}:{nameof(LimitOptions.MaxBodyBytes)}";

    /// <summary>The detail of the problem of a larger body.</summary>
    public string Message => $"The body is larger than {Bytes} bytes ({Setting}).";

    public static BodyLimit Of(HttpContext context) =>
        context.Features.Get<BodyLimit>()
        ?? new(context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value.MaxBodyBytes, MaxBodySetting);

    /// <summary>Applies this limit to a request instead of <see cref="LimitOptions.MaxBodyBytes"/>.</summary>
    /// <param name="context">A request whose body has not been read yet.</param>
    /// <param name="extraBytes">Bytes that the body may have in addition, such as the other parts of a form.</param>
    public void Set(HttpContext context, long extraBytes = 0)
    {
        context.Features.Set(this);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = Bytes + Math.Min(extraBytes, long.MaxValue - Bytes);
    }
}
