using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http.Access;

/// <summary>Limits the number of connections, reserves some for health checks, and adds the management port.</summary>
internal static class ConnectionLimit
{
    private static readonly PathString Health = "/health";
    private static readonly PathString Version = "/version";

    public static void AddConnectionLimit(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ManagementOptions>().BindConfiguration(ManagementOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ConnectionSlots>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var slots = kestrel.ApplicationServices.GetRequiredService<ConnectionSlots>();
            var http2Port = kestrel.ApplicationServices.GetRequiredService<IOptions<HttpOptions>>().Value.Http2Port;
            // One call for both concerns: Kestrel keeps only the last action.
            kestrel.ConfigureEndpointDefaults(listener =>
            {
                // Without TLS client and server can't negotiate the protocol, so a port has only one.
                if (http2Port > 0 && listener.IPEndPoint?.Port == http2Port)
                    listener.Protocols = HttpProtocols.Http2;
                listener.Use(next => connection => slots.OnConnectionAsync(connection, next));
            });
        });
        if (builder.Configuration.GetSection(ManagementOptions.Section).Get<ManagementOptions>() is { Port: > 0 and var port })
            builder.ListenToo(port);
    }

    /// <summary>Restricts the requests on reserved connections and on the management port.</summary>
    public static void UseConnectionLimit(this WebApplication app)
    {
        var most = app.Services.GetRequiredService<IOptions<LimitOptions>>().Value.MaxConnections;
        var slots = app.Services.GetRequiredService<ConnectionSlots>();
        app.Use((context, next) => slots.HasReserved && context.Features.Get<ReservedConnection>() is { } reserved && !reserved.TryPromote()
            ? AnswerAsync(context, next, reserved)
            : next(context));

        async Task AnswerAsync(HttpContext context, RequestDelegate next, ReservedConnection reserved)
        {
            try
            {
                context.Response.Headers.Connection = "close";
                await AnswerOf(context, next, reserved);
                await context.Response.CompleteAsync();
            }
            finally
            {
                reserved.EndRequest();
            }
        }

        Task AnswerOf(HttpContext context, RequestDelegate next, ReservedConnection reserved)
        {
            var path = context.Request.Path;
            if (path.StartsWithSegments(Health, StringComparison.Ordinal))
                return next(context);
            if (!reserved.IsManagement)
            {
                return Problems.Of(
                    StatusCodes.Status503ServiceUnavailable,
                    $"All {most} connections of the service are taken (Limits:MaxConnections). "
                    + "Send the request again later, or keep fewer connections open.").ExecuteAsync(context);
            }

            return path == Version
                ? next(context)
                : Problems.Of(StatusCodes.Status404NotFound, "This port serves only /health/live, /health/ready and /version.").ExecuteAsync(context);
        }
    }

    /// <summary>Adds an address by configuration. A listener added in code would make Kestrel ignore the configured URLs.</summary>
    private static void ListenToo(this WebApplicationBuilder builder, int port)
    {
        var configuration = builder.Configuration;
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().FirstOrDefault() is { } endpoint)
        {
            configuration["Kestrel:Endpoints:Management:Url"] = Addresses.OnPort(endpoint["Url"] ?? "http://*", port);
            return;
        }

        var urls = configuration["urls"] ?? string.Join(';', Urls("http").Concat(Urls("https")));
        builder.WebHost.UseUrls($"{urls};{Addresses.OnPort(urls.Split(';')[0], port)}");

        IEnumerable<string> Urls(string scheme) =>
            (configuration[$"{scheme}_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(p => $"{scheme}://*:{p}");
    }
}
