using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>
/// Compresses answers by Brotli or gzip, as the client's <c>Accept-Encoding</c> asks, above <see cref="CompressionOptions.CompressAboveBytes"/>. The coding is
/// ASP.NET Core's; what it lacks is here: a least size, and tags that say which answers are packed.
/// </summary>
internal static class AnswerCompression
{
    /// <summary>Texts. Parquet and packed files would not get smaller, numbers in octet-stream hardly, and events must not wait.</summary>
    private static readonly string[] MediaTypes =
    [
        "application/json", "application/problem+json", "application/x-ndjson", "text/csv", "text/plain", "text/html", "text/css", "text/javascript",
        "application/javascript",
    ];

    public static void AddAnswerCompression(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CompressionOptions>().BindConfiguration(CompressionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddResponseCompression(options =>
        {
            // BREACH needs a secret in the answer beside what an attacker chose; answers here have none.
            options.EnableForHttps = true;
            options.MimeTypes = MediaTypes;
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

    /// <summary>Between the application and the compression: holds the beginning of the answer until its size is known to be above the least.</summary>
    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var least = context.RequestServices.GetRequiredService<IOptions<CompressionOptions>>().Value.CompressAboveBytes;
        var inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var beginning = new AnswerBeginning(inner.Stream, least);
        var feature = new LateBody(beginning, inner);
        context.Features.Set<IHttpResponseBodyFeature>(feature);
        context.Features.Set(beginning);
        try
        {
            await next(context);
            // Not the feature's own completion: that would start an answer that has no body yet, such as a 404 of routing.
            await feature.Writer.CompleteAsync();
            await beginning.EndAsync(context.RequestAborted);
            SetTagOfNotModified(context);
        }
        finally
        {
            context.Features.Set(inner);
        }
    }

    /// <summary>A cache that holds the packed answer knows it by its weak tag, and updates none by a strong one (RFC 9111, 4.3.4).</summary>
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
            var isLarge = context.Features.Get<AnswerBeginning>()?.IsLarge is true || context.Response.ContentLength > compression.Value.CompressAboveBytes;
            if (!(isLarge || RefusesPlain(context.Request)) || !base.ShouldCompressResponse(context))
                return false;
            // The same bytes no longer, but the same content (RFC 9110, 8.8.3).
            if (GetCompressionProvider(context) is not null && context.Response.Headers.ETag is [['"', ..] strong])
                context.Response.Headers.ETag = "W/" + strong;
            return true;
        }

        /// <summary>Whether the client says that it does not take an answer as it is.</summary>
        private static bool RefusesPlain(HttpRequest request)
        {
            // Hardly any does: most answers are small, and are not to wait for this to be read.
            if (!request.Headers.AcceptEncoding.ToString().Contains("q=0", StringComparison.OrdinalIgnoreCase))
                return false;
            var codings = request.GetTypedHeaders().AcceptEncoding;
            var plain = codings.FirstOrDefault(coding => coding.Value.Equals("identity", StringComparison.OrdinalIgnoreCase))
                ?? codings.FirstOrDefault(coding => coding.Value == "*");
            return plain?.Quality == 0;
        }
    }

    /// <summary>Starts the answer with its first byte, when more is known of its size; events are flushed, which starts them.</summary>
    private sealed class LateBody(Stream stream, IHttpResponseBodyFeature inner) : StreamResponseBodyFeature(stream, inner)
    {
        public override Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }

    /// <summary>The body of an answer, whose first bytes wait until there are more than the least, or a flush or the end comes before.</summary>
    private sealed class AnswerBeginning(Stream inner, int least) : Stream
    {
        private byte[]? _held = [];
        private int _count;

        /// <summary>Whether more bytes than the least came at once.</summary>
        public bool IsLarge { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_held is not null && !TryHold(buffer.Span))
                await EndAsync(cancellationToken);
            if (_held is null)
                await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The server writes asynchronously.");

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await EndAsync(cancellationToken);
            await inner.FlushAsync(cancellationToken);
        }

        public override void Flush() => throw new NotSupportedException("The server writes asynchronously.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        /// <summary>Passes on what is held. Its size is what the compression decides by.</summary>
        public async ValueTask EndAsync(CancellationToken cancellationToken)
        {
            if (_held is not { } held)
                return;
            _held = null;
            if (_count > 0)
                await inner.WriteAsync(held.AsMemory(0, _count), cancellationToken);
        }

        private bool TryHold(ReadOnlySpan<byte> bytes)
        {
            if (_count + bytes.Length > least)
            {
                IsLarge = true;
                return false;
            }

            if (_held!.Length < least)
                _held = new byte[least];
            bytes.CopyTo(_held.AsSpan(_count));
            _count += bytes.Length;
            return true;
        }
    }
}
