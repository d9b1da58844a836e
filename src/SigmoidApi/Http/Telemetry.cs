using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace SigmoidApi.Http;

/// <summary>Structured logging: text for a developer, compact JSON in production; each line of a request carries its trace id, which its problem shows too.</summary>
public static class Telemetry
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSerilog(
            (_, logger) =>
            {
                // One line for a request, from below; the framework's own would be six. `Serilog:MinimumLevel` in the configuration says otherwise.
                logger.MinimumLevel.Information()
                    .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
                    .ReadFrom.Configuration(builder.Configuration)
                    .Enrich.FromLogContext();
                if (builder.Environment.IsDevelopment())
                    logger.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {TraceId} {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture);
                else
                    logger.WriteTo.Console(new CompactJsonFormatter());
            },
            preserveStaticLogger: true);
    }

    public static void UseRequestTelemetry(this WebApplication app) =>
        app.UseSerilogRequestLogging(options =>
        {
            options.Logger = app.Services.GetRequiredService<Serilog.ILogger>();
            options.GetLevel = (context, _, exception) => (exception, context.Response.StatusCode) switch
            {
                (not null, _) or (_, >= 500) => LogEventLevel.Error,
                _ when context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) => LogEventLevel.Debug,
                _ => LogEventLevel.Information,
            };
        });
}
