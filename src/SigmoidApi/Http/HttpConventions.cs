using FluentValidation;
using Microsoft.Extensions.Options;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Http;

/// <summary>What every route shares: limits, JSON, validation, problems.</summary>
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
        // Without it each read of 4 KB is two system calls; it costs an idle connection 4 KB.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<LimitOptions>>((host, limits) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(limits.Value.StopSeconds));
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());

        builder.AddAnswerCompression();

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddValidatorsFromAssembly(typeof(HttpConventions).Assembly, ServiceLifetime.Singleton, includeInternalTypes: true);
        builder.Services.AddOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>().Configure<IOptions<LimitOptions>>((json, limits) =>
            JsonDefaults.Configure(json.SerializerOptions, new JsonLimits(limits.Value.MaxValues, MaxTextBytes: limits.Value.MaxTextBytes)));
    }

    /// <summary>The group under which everything of our own lives; its filter reads and validates each handler's input.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        api.AddEndpointFilterFactory(ValidationFilter.Create);
        api.AddHead();
        QueryNames.Add(api);
        return api;
    }

    /// <summary>HEAD wherever GET is (RFC 9110, 9.1): the handler runs as for GET, and the server sends its headers alone.</summary>
    public static void AddHead(this IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        for (var i = 0; i < endpoint.Metadata.Count; i++)
        {
            if (endpoint.Metadata[i] is HttpMethodMetadata { HttpMethods: ["GET"] })
                endpoint.Metadata[i] = new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]);
        }
    });
}
