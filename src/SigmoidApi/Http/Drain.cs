using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>
/// Keeps the service listening for <c>Limits:DrainSeconds</c> after it was asked to stop. Meanwhile <c>/health/ready</c> and the API answer 503, so that a
/// proxy learns of the stop before connections are refused. Running jobs are given back to the queue at once, without waiting for the drain.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime lifetime, IOptions<LimitOptions> limits, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>
    /// Canceled at the end of the drain; ends answers that last as long as the client stays, such as events. Not sooner: EventSource treats a 503 as final, but
    /// retries a refused connection.
    /// </summary>
    public CancellationToken Over => _over.Token;

    // The host calls this before it stops any service, the web server included.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // After a signal this has no effect. A direct call of IHost.StopAsync has not announced the stop yet.
        lifetime.StopApplication();
        await Task.Delay(TimeSpan.FromSeconds(limits.Value.DrainSeconds), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _over.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Two callers may stop the host at once, and the first disposes this. Then there is nothing left to end.
        }
    }

    public void Dispose() => _over.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
