using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Functions;

/// <summary>The same four POSTs with <c>application/octet-stream</c>: little-endian float64 or float32 in the request and in the answer.</summary>
internal static class EvaluateStream
{
    private const int ChunkBytes = 64 << 10;

    public static void Map(RouteGroupBuilder group)
    {
        // OpenAPI can describe one operation per path, so the JSON endpoint describes both.
        // The order is after the JSON endpoint: a body without a Content-Type matches both, and the JSON endpoint should refuse it.
        foreach (var (path, order) in ActivationEndpoints.Routes)
        {
            var route = path.Contains('{', StringComparison.Ordinal)
                ? group.MapPost(path, (string name, string? dtype, HttpContext context) => Handle(order, name, dtype, context))
                : group.MapPost(path, (string? dtype, HttpContext context) => Handle(order, name: null, dtype, context));
            route.Accepts<byte[]>(MediaTypes.Bytes).WithOrder(1).ExcludeFromDescription();
        }
    }

    private static async Task<IResult> Handle(Order order, string? name, string? dtype, HttpContext context)
    {
        if (ActivationEndpoints.Find(name) is not { } activation)
            return ActivationEndpoints.NotFound(name!);
        return dtype switch
        {
            null or "float64" => await EvaluateAsync<double>((x, y) => order.Apply(activation, x, y), context),
            "float32" => await EvaluateAsync<float>((x, y) => order.Apply(activation, x, y), context),
            _ => Problems.Field(
                StatusCodes.Status400BadRequest,
                "dtype",
                $"expected float64 or float32, got '{dtype}'{NearestName.Hint(dtype, ["float64", "float32"])}"),
        };
    }

    private delegate void Apply<T>(ReadOnlySpan<T> x, Span<T> y);

    /// <summary>
    /// Processes the body chunk by chunk, and keeps the answer on disk until the body has ended. Otherwise a client that sends its whole body before it
    /// reads would deadlock with the service, and an error at the end of the body could no longer be answered with a problem.
    /// </summary>
    private static async Task<IResult> EvaluateAsync<T>(Apply<T> apply, HttpContext context)
        where T : unmanaged, INumberBase<T>
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        var scratch = context.RequestServices.GetRequiredService<DatasetFiles>().Scratch;
        var limit = new BodyLimit(limits.MaxStreamBytes, $"{LimitOptions.Section}:{nameof(LimitOptions.MaxStreamBytes)}");
        limit.Set(context);
        if (PackedBody.TryOpen(context.Request, out var body) is { } unknown)
            return Problems.From(unknown);

        var size = Marshal.SizeOf<T>();
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        var answer = new FileBufferingWriteStream(memoryThreshold: 1 << 20, tempFileDirectoryAccessor: () => scratch.Path);
        context.Response.RegisterForDisposeAsync(answer);
        try
        {
            long total = 0;
            int read;
            do
            {
                read = await body.ReadAtLeastAsync(chunk.AsMemory(0, ChunkBytes), ChunkBytes, throwOnEndOfStream: false, context.RequestAborted);
                var whole = read / size * size;
                total += read;
                if (whole != read)
                    return Problems.Of(StatusCodes.Status400BadRequest, $"Expected a whole number of values of {size} bytes each, got {total} bytes.");
                Evaluate(apply, chunk.AsSpan(0, read));
                await answer.WriteAsync(chunk.AsMemory(0, read), context.RequestAborted);
            }
            while (read == ChunkBytes);

            context.Response.ContentType = MediaTypes.Bytes;
            context.Response.ContentLength = total;
            await answer.DrainBufferAsync(context.Response.Body, context.RequestAborted);
            return TypedResults.Empty;
        }
        catch (Exception e) when (PackedBody.FailureOf(e) is { } failure)
        {
            return Problems.From(failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static void Evaluate<T>(Apply<T> apply, Span<byte> chunk)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(chunk);
        apply(values, values);
    }
}
