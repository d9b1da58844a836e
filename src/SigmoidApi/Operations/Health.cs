using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Operations;

/// <summary>Health checks: whether the process is alive, and whether it can serve requests now.</summary>
public static class Health
{
    private const string Ready = "ready";

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", tags: [Ready])
            .AddCheck<StoppingCheck>("stopping", tags: [Ready]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        RequestReason.Set(context, string.Join(' ', report.Entries.Values.Select(entry => entry.Description).OfType<string>()));
        context.Response.ContentType = MediaTypes.Text;
        return context.Response.WriteAsync(report.Status.ToString(), context.RequestAborted);
    }

    private sealed class DatabaseCheck(SigmoidDbContext db, TransientStorageErrors troubles) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await db.RequireUsableAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (troubles.LogIfTransient(e))
            {
                return HealthCheckResult.Unhealthy("The database can't be used; the log gives the reason.");
            }
        }
    }

    private sealed class StoppingCheck(IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Unhealthy("The service is stopping.")
                : HealthCheckResult.Healthy());
    }
}
