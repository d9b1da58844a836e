using System.IO.Pipelines;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Http.Json;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Charsets;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SigmoidApi.Http;

#pragma warning disable CA1000 // the framework looks for both static members on the parameter's type

/// <summary>
/// A request's JSON body as a parameter of an endpoint: the value, or the reason why it could not be read. Pooled numbers in the value are valid until
/// the response has been sent.
/// </summary>
public sealed class JsonBody<T> : IRequestInput, IEndpointParameterMetadataProvider
    where T : class
{
    private readonly T? _value;

    private JsonBody(T? value, InputFailure? failure)
    {
        _value = value;
        Failure = failure;
    }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is a <see cref="Failure"/> instead.</exception>
    public T Value => _value ?? throw new InvalidOperationException("The body could not be read; its failure should have been answered.");

    /// <summary>Why there is no value, or null when there is one.</summary>
    public InputFailure? Failure { get; }

    object? IRequestInput.Value => _value;

    /// <summary>SHA-256 of the body, decompressed and in UTF-8, in lower-case hexadecimal; null unless a <see cref="DigestOfBody"/> asks for it.</summary>
    public string? Sha256 { get; private set; }

    /// <summary>Called by the framework for a parameter of this type.</summary>
    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        // Routing refuses other media types itself, but lets a request without a Content-Type pass.
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !IsJson(type))
            return new JsonBody<T>(null, UnsupportedMediaType.FailureOf(context));
        if (!Charset.TryRead(type.Charset.Value, out var charset, out var problem))
            return new JsonBody<T>(null, new InputFailure(StatusCodes.Status415UnsupportedMediaType, "", problem));
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (PackedBody.TryOpen(context.Request, out var plain) is { } unknown)
            return new JsonBody<T>(null, unknown);
        byte[]? body = null;
        try
        {
            // JSON is UTF-8 (RFC 8259), but some clients send another charset and name it.
            var text = charset == Charset.Utf8 ? plain : new Utf8Transcoding(plain, charset);
            var end = text == context.Request.Body ? context.Request.ContentLength : null;
            (body, var length) = await ReadBodyAsync(text, context.Request.ContentLength, end, context.RequestAborted);
            if (body.AsSpan(0, length) is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..])
            {
                // The byte order mark of UTF-16 or UTF-32 overrides the headers, as in a file.
                var marked = body;
                var unmarked = new Utf8Transcoding(new MemoryStream(marked, 0, length), charset);
                (body, length) = await ReadBodyAsync(unmarked, length, end: null, context.RequestAborted);
                RequestArrays<byte>.Pool.Return(marked);
            }

            var read = await DeserializeAsync(body.AsMemory(0, length), options, context.Response);
            if (context.GetEndpoint()?.Metadata.GetMetadata<DigestOfBody>() is { } digest && context.Request.Headers.ContainsKey(digest.Header))
                read.Sha256 = Convert.ToHexStringLower(SHA256.HashData(body.AsSpan(0, length)));
            return read;
        }
        catch (InvalidTextException wrong)
        {
            return new JsonBody<T>(null, InputFailure.BadRequest("", $"line {wrong.Faults[0].Line}: {wrong.Faults[0].Message}"));
        }
        catch (IOException e)
        {
            var status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            var message = status == StatusCodes.Status413PayloadTooLarge
                ? BodyLimit.Of(context).Message
                : "the body broke off, or its chunks are malformed";
            return new JsonBody<T>(null, new InputFailure(status, "", message));
        }
        catch (Exception e) when (PackedBody.FailureOf(e) is { } failure)
        {
            return new JsonBody<T>(null, failure);
        }
        finally
        {
            // The value holds copies. The JsonText lives on, but only the numbers that it owns are used.
            if (body is not null)
                RequestArrays<byte>.Pool.Return(body);
        }
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals(MediaTypes.Json, StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes routing refuse other media types with a 415, and OpenAPI show <typeparamref name="T"/>.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new AcceptsMetadata([MediaTypes.Json], typeof(T)));
        builder.Metadata.Add(new ComputesOnBody());
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(HttpValidationProblemDetails), [MediaTypes.Problem]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status413PayloadTooLarge, typeof(ProblemDetails), [MediaTypes.Problem]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status415UnsupportedMediaType, typeof(ProblemDetails), [MediaTypes.Problem]));
    }

    private static async ValueTask<JsonBody<T>> DeserializeAsync(ReadOnlyMemory<byte> body, JsonSerializerOptions options, HttpResponse response)
    {
        var typeInfo = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        var text = new JsonText(body);
        response.RegisterForDispose(text);
        if (text.Span.Trim(" \t\r\n"u8).IsEmpty)
            return new JsonBody<T>(null, InputFailure.BadRequest("", $"expected {JsonTypeNames.Expected(typeInfo)}, got an empty body"));
        try
        {
            var value = await JsonSerializer.DeserializeAsync(PipeReader.Create(text.From(0)), typeInfo);
            var failure = value is null ? InputFailure.BadRequest("", $"expected {JsonTypeNames.Expected(typeInfo)}, got null") : null;
            return new JsonBody<T>(value, failure);
        }
        catch (JsonException e)
        {
            return new JsonBody<T>(null, InputFailure.From(e, text.Memory, typeInfo));
        }
    }

    /// <summary>
    /// Reads the text into one rented array. The announced length is trusted up to a limit only; beyond it memory grows with the received bytes.
    /// Where the end is known, as for a body that is read as it was sent, the last read, which would return 0, is saved.
    /// </summary>
    private static async ValueTask<(byte[] Body, int Length)> ReadBodyAsync(Stream text, long? announced, long? end, CancellationToken cancellationToken)
    {
        const int TrustedLength = 1 << 20;
        // One byte more than announced, so that the end is noticed without growing the array.
        var body = RequestArrays<byte>.Pool.Rent((int)Math.Min((announced ?? 4095) + 1, TrustedLength));
        var length = 0;
        try
        {
            int read;
            while (length != end && (read = await text.ReadAsync(body.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
                if (length == body.Length)
                {
                    var larger = RequestArrays<byte>.Pool.Rent(2 * length);
                    body.AsSpan(0, length).CopyTo(larger);
                    RequestArrays<byte>.Pool.Return(body);
                    body = larger;
                }
            }

            return (body, length);
        }
        catch
        {
            RequestArrays<byte>.Pool.Return(body);
            throw;
        }
    }
}
