using System.Net.Sockets;

namespace SigmoidApi.Operations;

/// <summary>The exit code of the service.</summary>
internal static partial class ServiceExit
{
    /// <summary>
    /// Runs the service until it is asked to stop, or one of its background services fails. After such a failure .NET stops the host, but would end the process
    /// with 0.
    /// </summary>
    /// <returns>0; or 1 after a failure, or if the service can't listen at its addresses. A log line reports either.</returns>
    public static async Task<int> RunToExitAsync(this WebApplication app)
    {
        BackgroundService[] services = [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>()];
        try
        {
            await app.StartAsync();
            await app.WaitForShutdownAsync();
        }
        catch (OperationCanceledException) when (Failed() is not null)
        {
            // The failure came while the host was still starting.
        }
        catch (Exception failure) when (IsOfAnAddress(failure))
        {
            // Otherwise .NET would log that the background services were canceled.
            app.Lifetime.StopApplication();
            LogAddress(app.Logger, app.Configuration[WebHostDefaults.ServerUrlsKey], failure.Message);
            return 1;
        }

        if (Failed() is not { } failed)
            return 0;
        LogFailed(app.Logger, failed.GetType().Name);
        return 1;

        BackgroundService? Failed() => Array.Find(services, service => service.ExecuteTask is { IsFaulted: true });
    }

    /// <summary>Whether Kestrel can't use an address: its text is invalid, or the system refuses it.</summary>
    private static bool IsOfAnAddress(Exception failure) =>
        failure is IOException or SocketException or FormatException or ArgumentOutOfRangeException
        || failure.Source == "Microsoft.AspNetCore.Server.Kestrel.Core";

    [LoggerMessage(
        LogLevel.Critical,
        "The background service {Service} has failed, for the reason logged above. The service has stopped, and its process ends with exit code 1")]
    private static partial void LogFailed(ILogger logger, string service);

    [LoggerMessage(
        LogLevel.Critical,
        "The service can't start. It can't listen at {Addresses}: {Reason} Correct urls (--urls, ASPNETCORE_URLS), or end the program that listens there")]
    private static partial void LogAddress(ILogger logger, string? addresses, string reason);
}
