namespace SigmoidApi.Http;

/// <summary>Middleware that answers failed requests with problems.</summary>
internal static class ProblemHandling
{
    /// <summary>
    /// Answers failures that no handler has answered: an exception, an empty 404 or 405 of routing, a body that broke off, and requests that arrive while the
    /// service drains.
    /// </summary>
    public static void UseProblems(this WebApplication app)
    {
        IOutage[] outages = [.. app.Services.GetServices<IOutage>()];
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                _ when Array.Exists(outages, outage => outage.Covers(exception)) => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            },
            // A fault of the caller is not an error of the service and needs no stack trace in the log. An outage gets a line of its own.
            SuppressDiagnosticsCallback = context =>
                context.Exception is BadHttpRequestException or OperationCanceledException || Array.Exists(outages, outage => outage.Log(context.Exception)),
        });
        var writer = app.Services.GetRequiredService<IProblemDetailsService>();
        app.Use(async (context, next) =>
        {
            await next(context);
            // The framework's own middleware does the same, but allocates features for each request that nothing here uses.
            if (context.Response is { HasStarted: false, StatusCode: >= 400 and < 600, ContentLength: null, ContentType: null or "" })
                await writer.WriteAsync(new ProblemDetailsContext { HttpContext = context });
        });
        app.Use((context, next) =>
        {
            if (!app.Lifetime.ApplicationStopping.IsCancellationRequested || !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }
}
