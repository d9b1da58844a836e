namespace SigmoidApi.Http;

/// <summary>Lets background work begin once the server accepts requests, so that it does not delay the first of them.</summary>
internal static class ServerStart
{
    /// <exception cref="OperationCanceledException">The service stops before it has started.</exception>
    public static async Task UntilStartedAsync(this IHostApplicationLifetime lifetime, CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }
}
