using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>
/// Keeps the service listening for <c>Limits:DrainSeconds</c> after it was told to stop: <c>/health/ready</c> answers 503, and so does the API, where otherwise connections would be
/// refused before a proxy knows. What runs is given back meanwhile, at once.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime lifetime, IOptions<LimitOptions> limits, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>Ends what lasts as long as its client does. Not sooner: a browser that comes back to its events and gets a 503 takes that for their end, a closed door it tries again.</summary>
    public CancellationToken Over => _over.Token;

    // The host comes here before it stops any service, the server among them.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A signal has said so before; who stops the host by itself has not.
        lifetime.StopApplication();
        await Task.Delay(TimeSpan.FromSeconds(limits.Value.DrainSeconds), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _over.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The host may be stopped by two at once, and disposed by the first: then nothing lasts any more.
        }
    }

    public void Dispose() => _over.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
