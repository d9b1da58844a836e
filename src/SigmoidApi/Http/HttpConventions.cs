using Microsoft.Extensions.Options;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Http;

/// <summary>Sets up what all routes share: limits, JSON, validation, problems.</summary>
public static class HttpConventions
{
    public static void AddHttpConventions(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            var limits = context.Configuration.GetSection(LimitOptions.Section).Get<LimitOptions>() ?? new LimitOptions();
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = limits.MaxRequestLineBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = limits.MaxHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = limits.MaxHeaders;
        });
        builder.Services.AddSingleton<ComputeThreads>().AddSingleton<IOutage>(services => services.GetRequiredService<ComputeThreads>());
        // Saves one of two system calls for each read of 4 KB, and costs an idle connection 4 KB.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<LimitOptions>>((host, limits) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(limits.Value.StopSeconds));
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());

        builder.AddAnswerCompression();

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<Validators>();
        builder.Services.AddOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>().Configure<IOptions<LimitOptions>>((json, limits) =>
            JsonDefaults.Configure(json.SerializerOptions, new JsonLimits(limits.Value.MaxValues, MaxTextBytes: limits.Value.MaxTextBytes)));
    }

    /// <summary>The path that all routes of the API start with.</summary>
    public const string ApiPath = "/api/v1";

    /// <summary>The group of the API's routes. Its filter validates each handler's input.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app)
    {
        var api = app.MapGroup(ApiPath);
        ValidationFilter.Add(api);
        api.AddHead();
        QueryNames.Add(api);
        return api;
    }

    /// <summary>Adds HEAD to each GET route (RFC 9110, 9.1): the handler runs as for GET, and the server sends only the headers.</summary>
    public static void AddHead(this IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        for (var i = 0; i < endpoint.Metadata.Count; i++)
        {
            if (endpoint.Metadata[i] is HttpMethodMetadata { HttpMethods: ["GET"] })
                endpoint.Metadata[i] = new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]);
        }
    });
}
