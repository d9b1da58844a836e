using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>
/// Compresses answers above <see cref="CompressionOptions.CompressAboveBytes"/> by Brotli or gzip, as the client's <c>Accept-Encoding</c> asks.
/// ASP.NET Core does the compression; this class adds a minimum size and weak tags for compressed answers.
/// </summary>
internal static class AnswerCompression
{
    /// <summary>Texts only: PNG, Parquet and compressed files would not get smaller, binary numbers hardly, and events must not wait in a buffer.</summary>
    private static readonly string[] Compressed =
    [
        MediaTypes.Json, MediaTypes.Problem, MediaTypes.NdJson, MediaTypes.Csv, MediaTypes.Text, "text/html", "text/css", "text/javascript",
        "application/javascript", MediaTypes.Svg,
    ];

    public static void AddAnswerCompression(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CompressionOptions>().BindConfiguration(CompressionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddResponseCompression(options =>
        {
            // The BREACH attack needs an answer that has a secret and text of the attacker's. Answers here have no secrets.
            options.EnableForHttps = true;
            options.MimeTypes = Compressed;
        });
        builder.Services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.AddSingleton<IResponseCompressionProvider, Provider>();
    }

    public static void UseAnswerCompression(this WebApplication app)
    {
        app.UseResponseCompression();
        var provider = app.Services.GetRequiredService<IResponseCompressionProvider>();
        app.Use((context, next) => provider.CheckRequestAcceptsCompression(context) ? AnswerAsync(context, next) : next(context));
    }

    /// <summary>Holds the beginning of the answer back from the compression until its size is known to be above the minimum.</summary>
    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var least = context.RequestServices.GetRequiredService<IOptions<CompressionOptions>>().Value.CompressAboveBytes;
        var inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var beginning = new BufferedStart(inner.Stream, least);
        var feature = new DeferredBody(beginning, inner);
        context.Features.Set<IHttpResponseBodyFeature>(feature);
        context.Features.Set(beginning);
        try
        {
            await next(context);
            // Don't complete the feature itself: that would start an answer that has no body yet, such as a 404 of routing.
            await feature.Writer.CompleteAsync();
            await beginning.EndAsync(context.RequestAborted);
            SetTagOfNotModified(context);
        }
        finally
        {
            context.Features.Set(inner);
        }
    }

    /// <summary>
    /// A 304 repeats the weak tag that the client sent: a cache stores the compressed answer under it and would not match a strong one (RFC 9111, 4.3.4).
    /// </summary>
    private static void SetTagOfNotModified(HttpContext context)
    {
        if (context.Response is { StatusCode: StatusCodes.Status304NotModified, HasStarted: false } response && response.Headers.ETag is [{ } tag]
            && context.Request.Headers.IfNoneMatch.ToString().Contains("W/" + tag, StringComparison.Ordinal))
        {
            response.Headers.ETag = "W/" + tag;
        }
    }

    /// <summary>ASP.NET Core's choice of the coding, for answers that are large enough.</summary>
    private sealed class Provider(IServiceProvider services, IOptions<ResponseCompressionOptions> options, IOptions<CompressionOptions> compression)
        : ResponseCompressionProvider(services, options), IResponseCompressionProvider
    {
        bool IResponseCompressionProvider.CheckRequestAcceptsCompression(HttpContext context) =>
            compression.Value.CompressAboveBytes > 0 && base.CheckRequestAcceptsCompression(context);

        public override bool ShouldCompressResponse(HttpContext context)
        {
            var isLarge = context.Features.Get<BufferedStart>()?.IsLarge is true || context.Response.ContentLength > compression.Value.CompressAboveBytes;
            if (!(isLarge || RefusesPlain(context.Request)) || !base.ShouldCompressResponse(context))
                return false;
            // The bytes are no longer the same, but the content is: that needs a weak tag (RFC 9110, 8.8.3).
            if (GetCompressionProvider(context) is not null && context.Response.Headers.ETag is [['"', ..] strong])
                context.Response.Headers.ETag = "W/" + strong;
            return true;
        }

        /// <summary>Whether the client refuses an uncompressed answer.</summary>
        private static bool RefusesPlain(HttpRequest request)
        {
            // Few clients do. The quick check keeps small answers from waiting until the header is parsed.
            if (!request.Headers.AcceptEncoding.ToString().Contains("q=0", StringComparison.OrdinalIgnoreCase))
                return false;
            var codings = request.GetTypedHeaders().AcceptEncoding;
            var plain = codings.FirstOrDefault(coding => coding.Value.Equals("identity", StringComparison.OrdinalIgnoreCase))
                ?? codings.FirstOrDefault(coding => coding.Value == "*");
            return plain?.Quality == 0;
        }
    }

    /// <summary>
    /// Ignores the early start of an answer, when its size is not known yet. The answer starts with its first byte, or when it is flushed, as events are.
    /// </summary>
    private sealed class DeferredBody(Stream stream, IHttpResponseBodyFeature inner) : StreamResponseBodyFeature(stream, inner)
    {
        public override Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
