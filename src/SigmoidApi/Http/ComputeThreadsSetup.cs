using System.IO.Pipelines;

namespace SigmoidApi.Http;

/// <summary>Handles requests with large bodies on <see cref="ComputeThreads"/>.</summary>
internal static class ComputeThreadsSetup
{
    /// <summary>Reading, computing and answering a body of this size take about a millisecond.</summary>
    private const int ShortBody = 512 * 1024;

    /// <summary>Handles requests with large bodies off the thread pool, since a handler reads, computes and writes them without a pause.</summary>
    public static void UseComputeThreads(this WebApplication app)
    {
        var threads = app.Services.GetRequiredService<ComputeThreads>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<ComputesOnBody>() is null)
                return next(context);
            var request = context.Request;
            if (request.Headers.ContentEncoding.Count > 0 || request.ContentLength > ShortBody)
                return threads.RunAsync(() => next(context), context.RequestAborted);
            return request.ContentLength is null ? WithoutLengthAsync(context, next, threads) : next(context);
        });
    }

    private static async Task WithoutLengthAsync(HttpContext context, RequestDelegate next, ComputeThreads threads)
    {
        if (await IsShortAsync(context.Request.BodyReader, context.RequestAborted))
            await next(context);
        else
            await threads.RunAsync(() => next(context), context.RequestAborted);
    }

    /// <summary>Looks at the beginning of a body without consuming it.</summary>
    private static async Task<bool> IsShortAsync(PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            var start = await body.ReadAtLeastAsync(ShortBody + 1, cancellationToken);
            var isShort = start.Buffer.Length <= ShortBody;
            body.AdvanceTo(start.Buffer.Start, start.Buffer.End);
            return isShort;
        }
        catch (IOException)
        {
            // The handler will get the same error when it reads the body, and answers it.
            return true;
        }
    }
}
