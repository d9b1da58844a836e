using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>How large the body of a request may be, and which setting says so.</summary>
/// <param name="Bytes">As sent, and unpacked.</param>
/// <param name="Setting">Such as <c>Limits:MaxBodyBytes</c>.</param>
internal sealed record BodyLimit(long Bytes, string Setting)
{
    private const string MaxBodySetting = $"{LimitOptions.Section}:{nameof(LimitOptions.MaxBodyBytes)}";

    /// <summary>For the problem of a larger body.</summary>
    public string Message => $"The body is larger than {Bytes} bytes ({Setting}).";

    public static BodyLimit Of(HttpContext context) =>
        context.Features.Get<BodyLimit>()
        ?? new(context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value.MaxBodyBytes, MaxBodySetting);

    /// <summary>Lets a route take a body of another size than <see cref="LimitOptions.MaxBodyBytes"/>.</summary>
    /// <param name="context">Whose body has not been read yet.</param>
    /// <param name="beside">Bytes that the body may have around what is limited, as a form has.</param>
    public void Set(HttpContext context, long beside = 0)
    {
        context.Features.Set(this);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = Bytes + Math.Min(beside, long.MaxValue - Bytes);
    }
}
