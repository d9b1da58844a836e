using System.Collections.Concurrent;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Settings.Configuration;

namespace SigmoidApi.Operations;

/// <summary>
/// Structured logging: text in development, compact JSON in production. Each line of a request has its trace id, which its problem shows
/// too.
/// </summary>
public static class Telemetry
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSerilog(
            (_, logger) =>
            {
                // RequestLog writes one line for each request; the framework would write six. `Serilog:MinimumLevel` in the configuration overrides this.
                logger.MinimumLevel.Information()
                    .Enrich.WithProperty("Version", ServiceVersion.Number)
                    .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
                    // The request's line has the reason, and a service that is stopping is not an error.
                    .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
                    // These failures are also thrown, and logged where they are caught: errors of the storage in one line, others with their stack trace.
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database", LogEventLevel.Fatal)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Fatal)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
                    .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
                    // Search sinks for the configuration only in Serilog's assemblies: searching all of them takes longer than the rest of the setup.
                    .ReadFrom.Configuration(builder.Configuration, new ConfigurationReaderOptions(
                        typeof(ConsoleLoggerConfigurationExtensions).Assembly, typeof(CompactJsonFormatter).Assembly));
                if (builder.Environment.IsDevelopment())
                    logger.WriteTo.Console(new PlainLogLine());
                else
                    logger.WriteTo.Sink(new CompactJsonOutput(Console.OpenStandardOutput()), CompactJsonOutput.Batching);
            },
            preserveStaticLogger: true);
        // Keep Serilog's factory, which flushes the log at the end of the service.
        var serilog = builder.Services.Last(service => service.ServiceType == typeof(ILoggerFactory)).ImplementationFactory!;
        builder.Services.AddSingleton<ILoggerFactory>(services => new KeptLoggers((ILoggerFactory)serilog(services)));
    }

    public static void UseRequestTelemetry(this WebApplication app) =>
        app.Use(ActivatorUtilities.CreateInstance<RequestLog>(app.Services).WriteAsync);

    /// <summary>Caches loggers by category. The framework creates one for each answer, and Serilog would make a new one each time.</summary>
    private sealed class KeptLoggers(ILoggerFactory serilog) : ILoggerFactory
    {
        private readonly ConcurrentDictionary<string, Microsoft.Extensions.Logging.ILogger> _loggers = new(StringComparer.Ordinal);

        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, serilog.CreateLogger);

        public void AddProvider(ILoggerProvider provider) => serilog.AddProvider(provider);

        public void Dispose() => serilog.Dispose();
    }

    /// <summary>
    /// Writes events as lines of compact JSON, in batches. Serilog's console sink makes a system call under a lock for each line, which took two thirds of a
    /// small request's time.
    /// </summary>
    private sealed class CompactJsonOutput(Stream output) : IBatchedLogEventSink, IDisposable
    {
        /// <summary>A line is written within a tenth of a second. If the output can't keep up, lines are dropped, so that memory stays bounded.</summary>
        public static readonly BatchingOptions Batching = new()
        {
            BatchSizeLimit = 1_000,
            BufferingTimeLimit = TimeSpan.FromMilliseconds(100),
            QueueLimit = 100_000,
        };

        private readonly JsonLogLine _formatter = new();
        private readonly StreamWriter _writer = new(output, bufferSize: 64 << 10) { NewLine = "\n", AutoFlush = false };

        public Task EmitBatchAsync(IReadOnlyCollection<LogEvent> batch)
        {
            foreach (var logEvent in batch)
                _formatter.Format(logEvent, _writer);
            return _writer.FlushAsync();
        }

        public void Dispose()
        {
            _writer.Dispose();
            _formatter.Dispose();
        }
    }
}
