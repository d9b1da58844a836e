using System.Diagnostics;
using Serilog.Events;
using Serilog.Parsing;
using SigmoidApi.Http;

namespace SigmoidApi.Operations;

/// <summary>
/// Logs one line for each request. Serilog's own middleware writes the same line, but allocates a collection of further properties for each request, which
/// nothing here needs.
/// </summary>
internal sealed class RequestLog(Serilog.ILogger logger, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private readonly MessageTemplate _template = new MessageTemplateParser().Parse("{RequestMethod} {RequestPath} {StatusCode} in {ElapsedMilliseconds} ms");

    public async Task WriteAsync(HttpContext context, RequestDelegate next)
    {
        var start = time.GetTimestamp();
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            Write(context, StatusCodes.Status500InternalServerError, start, e);
            throw;
        }

        Write(context, context.Response.StatusCode, start, exception: null);
    }

    private void Write(HttpContext context, int status, long start, Exception? exception)
    {
        var level = LevelOf(context, status, exception);
        if (!logger.IsEnabled(level))
            return;
        // With room for the properties that are added to every event.
        var properties = new Dictionary<string, LogEventPropertyValue>(capacity: 8, StringComparer.Ordinal)
        {
            ["RequestMethod"] = new ScalarValue(context.Request.Method),
            ["RequestPath"] = new ScalarValue(context.Request.Path.Value),
            ["StatusCode"] = new ScalarValue(status),
            ["ElapsedMilliseconds"] = new ScalarValue(Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 3)),
        };
        if (status >= StatusCodes.Status400BadRequest && RequestReason.Of(context) is { } reason)
            properties["Reason"] = new ScalarValue(reason);
        var activity = Activity.Current;
        logger.Write(LogEvent.UnstableAssembleFromParts(
            time.GetLocalNow(), level, exception, _template, properties, activity?.TraceId ?? default, activity?.SpanId ?? default));
    }

    private LogEventLevel LevelOf(HttpContext context, int status, Exception? exception) => (exception, status) switch
    {
        (null, StatusCodes.Status503ServiceUnavailable) when lifetime.ApplicationStopping.IsCancellationRequested => LogEventLevel.Information,
        (not null, _) or (_, >= 500) => LogEventLevel.Error,
        _ when context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) => LogEventLevel.Debug,
        _ => LogEventLevel.Information,
    };
}
