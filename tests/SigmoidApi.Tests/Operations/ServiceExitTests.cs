using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SigmoidApi.Operations;

namespace SigmoidApi.Tests.Operations;

public sealed class ServiceExitTests
{
    [Fact]
    public async Task FailedBackgroundServiceEndsTheServiceWithOneAndALogLine()
    {
        var (exitCode, log) = await Run<FailingLater>(stop: false);

        exitCode.ShouldBe(1);
        log.ShouldContain("The background service FailingLater has failed", Case.Sensitive);
    }

    [Fact]
    public async Task FailureDuringTheStartEndsTheServiceWithOneAndALogLine()
    {
        var (exitCode, log) = await Run<FailingAtOnce>(stop: false);

        exitCode.ShouldBe(1);
        log.ShouldContain("The background service FailingAtOnce has failed", Case.Sensitive);
    }

    [Fact]
    public async Task ServiceThatIsAskedToStopEndsWithZero()
    {
        var (exitCode, log) = await Run<WaitingService>(stop: true);

        exitCode.ShouldBe(0);
        log.ShouldNotContain("has failed", Case.Sensitive);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("ftp://127.0.0.1:80")]
    [InlineData("http://127.0.0.1:5000/base")]
    [InlineData("http://192.0.2.1:5000")] // RFC 5737: no machine has this address.
    [InlineData("https://127.0.0.1:0")]
    public async Task AddressThatCannotBeListenedAtEndsTheStartWithOneLine(string address) => await ShouldEndWithOneLine(address);

    [Fact]
    public async Task InvalidAddressBesideAnHttp2PortEndsTheStartWithOneLine() => await ShouldEndWithOneLine("nonsense", ("Http:Http2Port", "5082"));

    [Fact]
    public async Task AddressOfAnotherProgramEndsTheStartWithOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        (await ShouldEndWithOneLine($"http://{other.LocalEndpoint}")).ShouldContain("already in use");
    }

    private static async Task<string> ShouldEndWithOneLine(string address, params (string Key, string Value)[] settings)
    {
        await using var service = new ServiceProcess { Settings = { ["urls"] = address } };
        foreach (var (key, value) in settings)
            service.Settings[key] = value;

        (await service.StartInVain()).ShouldBe(1);

        var line = service.Log.Where(line => !line.Contains("Application is shutting down", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain("The service can't start. It can't listen at {Addresses}", Case.Sensitive);
        line.ShouldContain($"\"Addresses\":\"{address}", Case.Sensitive);
        return line;
    }

    private static async Task<(int ExitCode, string Log)> Run<TService>(bool stop)
        where TService : BackgroundService
    {
        using var log = new LogKeeper();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddHostedService<TService>();
        await using var app = builder.Build();
        if (stop)
            app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        return (await app.RunToExitAsync(), log.Text);
    }

    private sealed class FailingLater(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource();
            lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task;
            throw new InvalidOperationException("A fault of the service.");
        }
    }

    private sealed class FailingAtOnce : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new InvalidOperationException("A fault of the service.");
    }

    private sealed class WaitingService : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private sealed class LogKeeper : ILoggerProvider, ILogger
    {
        private readonly Lock _writing = new();
        private readonly StringWriter _text = new();

        public string Text
        {
            get
            {
                lock (_writing)
                    return _text.ToString();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_writing)
                _text.WriteLine(formatter(state, exception));
        }

        public void Dispose() => _text.Dispose();
    }
}
