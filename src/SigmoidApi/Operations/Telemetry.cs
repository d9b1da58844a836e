using System.Collections.Concurrent;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Settings.Configuration;

namespace SigmoidApi.Operations;

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
                    .Enrich.WithProperty("Version", ServiceVersion.Number)
                    .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
                    // The line of the request has the reason, and a service that stops on purpose is no error.
                    .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
                    // Each failure is thrown as well, and logged where it is caught: a trouble of the storage by its one line, all else with its stack trace.
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database", LogEventLevel.Fatal)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Fatal)
                    .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
                    // Sinks by configuration come from Serilog's own assemblies: looking through all of ours for them takes longer than the rest of logging.
                    .ReadFrom.Configuration(builder.Configuration, new ConfigurationReaderOptions(typeof(ConsoleLoggerConfigurationExtensions).Assembly, typeof(CompactJsonFormatter).Assembly));
                if (builder.Environment.IsDevelopment())
                    logger.WriteTo.Console(new PlainLogLine());
                else
                    logger.WriteTo.Sink(new CompactJsonOutput(Console.OpenStandardOutput()), CompactJsonOutput.Batching);
            },
            preserveStaticLogger: true);
        // Serilog's factory also flushes the log where the service ends.
        var serilog = builder.Services.Last(service => service.ServiceType == typeof(ILoggerFactory)).ImplementationFactory!;
        builder.Services.AddSingleton<ILoggerFactory>(services => new KeptLoggers((ILoggerFactory)serilog(services)));
    }

    public static void UseRequestTelemetry(this WebApplication app) =>
        app.Use(ActivatorUtilities.CreateInstance<RequestLog>(app.Services).WriteAsync);

    /// <summary>Loggers by their categories. Each answer of the framework asks for one, and Serilog makes a new one each time.</summary>
    private sealed class KeptLoggers(ILoggerFactory serilog) : ILoggerFactory
    {
        private readonly ConcurrentDictionary<string, Microsoft.Extensions.Logging.ILogger> _loggers = new(StringComparer.Ordinal);

        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, serilog.CreateLogger);

        public void AddProvider(ILoggerProvider provider) => serilog.AddProvider(provider);

        public void Dispose() => serilog.Dispose();
    }

    /// <summary>
    /// A line of compact JSON for each event, written batch by batch. Serilog's console sink makes a system call under a lock for each line, which took
    /// two thirds of a small request's time.
    /// </summary>
    private sealed class CompactJsonOutput(Stream output) : IBatchedLogEventSink, IDisposable
    {
        /// <summary>A line is out within a tenth of a second; where the output can't keep up, lines are lost, not memory.</summary>
        public static readonly BatchingOptions Batching = new() { BatchSizeLimit = 1_000, BufferingTimeLimit = TimeSpan.FromMilliseconds(100), QueueLimit = 100_000 };

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
