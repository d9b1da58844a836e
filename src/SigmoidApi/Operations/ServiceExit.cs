namespace SigmoidApi.Operations;

/// <summary>The exit code of the service.</summary>
internal static partial class ServiceExit
{
    /// <summary>
    /// Runs the service until it is asked to stop, or one of its background services fails. After such a failure .NET stops the host, but would end the process
    /// with 0.
    /// </summary>
    /// <returns>0, or 1 after a failure, which a log line reports.</returns>
    public static async Task<int> RunToExitAsync(this WebApplication app)
    {
        BackgroundService[] services = [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>()];
        // Log before the end of the run, which disposes the logger.
        using var stopping = app.Lifetime.ApplicationStopping.Register(() =>
        {
            if (Failed() is { } failed)
                LogFailed(app.Logger, failed.GetType().Name);
        });
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (Failed() is not null)
        {
            // The failure came while the host was still starting.
        }

        return Failed() is null ? 0 : 1;

        BackgroundService? Failed() => Array.Find(services, service => service.ExecuteTask is { IsFaulted: true });
    }

    [LoggerMessage(LogLevel.Critical,
        "The background service {Service} has failed, for the reason logged above. The service stops, and its process ends with exit code 1")]
    private static partial void LogFailed(ILogger logger, string service);
}
