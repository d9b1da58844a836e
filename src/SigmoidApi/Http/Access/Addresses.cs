using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace SigmoidApi.Http.Access;

/// <summary>Under which addresses the service is reached, and who may ask it there (docs/decisions/0023).</summary>
internal static class Addresses
{
    /// <summary>Where the service listens when nobody says otherwise: this machine only.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>What a page of another origin may read besides the headers that CORS lets through.</summary>
    private static readonly string[] Exposed =
    [
        "Location", "Retry-After", "ETag", "Allow", "Content-Disposition", "Content-Range", "Accept-Ranges", "Accept", "Accept-Encoding",
        "Preference-Applied", "Idempotent-Replayed", "Unknown-Columns", "Unknown-Columns-Count", "Unknown-Levels", "Unknown-Levels-Count",
    ];

    public static void AddAddresses(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.Section)
            .Configure<IConfiguration>((options, configuration) => options.AllowedHosts = configuration[HostFilter.Setting])
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Listen();

        builder.Services.AddSingleton<HostFilter>().AddSingleton<CrossSite>().AddSingleton<AnswerHeaders>();
        builder.Services.AddSingleton<HeadersOfEveryAnswer>(services => services.GetRequiredService<AnswerHeaders>().Set);
        // The framework's own filter reads the same setting, but answers a page of HTML before anything here has run.
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<HttpOptions>>((forwarded, http) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.All;
            // Loopback is in these by default.
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in http.Value.Networks())
                forwarded.KnownIPNetworks.Add(network);
        });
        builder.Services.AddCors();
    }

    /// <summary>Comes first: everything after it sees the request as its client has sent it, whatever proxy is in between.</summary>
    public static void UseAddresses(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        if (options.PathBase.Length > 0)
            app.UsePathBase(options.PathBase);
        if (options.Networks().Any())
        {
            var hosts = app.Services.GetRequiredService<HostFilter>();
            app.Use((HttpContext context, RequestDelegate next) =>
            {
                var headers = context.Request.Headers;
                // A page that had its name point here can send what a proxy would. So a forwarded host takes the place only of one that is allowed itself.
                if (!hosts.Allows(context.Request))
                    headers.Remove("X-Forwarded-Host");
                // The framework takes the last of several, as written.
                var prefix = headers["X-Forwarded-Prefix"].LastOrDefault()?.Split(',')[^1].Trim().TrimEnd('/') ?? "";
                headers["X-Forwarded-Prefix"] = HttpOptions.IsPrefix.IsMatch(prefix) ? prefix : StringValues.Empty;
                return next(context);
            });
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Lets in who may ask, and gives every answer its headers.</summary>
    public static void UseAccess(this WebApplication app)
    {
        var services = app.Services;
        var (headers, hosts) = (services.GetRequiredService<AnswerHeaders>(), services.GetRequiredService<HostFilter>());
        var crossSite = services.GetRequiredService<CrossSite>();
        app.Use((HttpContext context, RequestDelegate next) =>
        {
            headers.Set(context);
            return next(context);
        });
        app.Use(hosts.Check);
        app.Lifetime.ApplicationStarted.Register(hosts.LogDefault);
        if (crossSite.AllowsSome)
        {
            app.UseCors(cors => cors.SetIsOriginAllowed(crossSite.Allows).AllowAnyMethod().AllowAnyHeader()
                .WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromMinutes(10)));
        }

        app.Use(crossSite.Check);
    }

    /// <summary>Lets the document show what any route answers to a wrong host, and one that changes something to a page of another site.</summary>
    public static void AddRefusals(this IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        var changes = endpoint.Metadata.OfType<HttpMethodMetadata>().SelectMany(methods => methods.HttpMethods).Any(method => !CrossSite.IsSafe(method));
        foreach (var status in changes ? [StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden] : (int[])[StatusCodes.Status400BadRequest])
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));
    });

    /// <summary>The path of a route with an id, by the route's name, under the prefix by which the caller came.</summary>
    public static string PathOf(this HttpContext context, string route, Guid id) =>
        context.RequestServices.GetRequiredService<LinkGenerator>().GetPathByName(context, route, new RouteValueDictionary { ["id"] = id })
        ?? throw new InvalidOperationException($"There is no route '{route}' with an id.");

    /// <summary>Where the service listens: as the configuration says, and on one port more for HTTP/2.</summary>
    private static void Listen(this WebApplicationBuilder builder)
    {
        var (configuration, http2Port) = (builder.Configuration, builder.Configuration.GetValue($"{HttpOptions.Section}:{nameof(HttpOptions.Http2Port)}", 0));
        var (urls, ports) = (configuration["urls"], configuration["http_ports"]);
        // Not in appsettings.json: that would win over ASPNETCORE_URLS and the ports that container images set.
        if (urls is null && ports is null && configuration["https_ports"] is null)
            builder.WebHost.UseUrls(urls = DefaultUrl);
        if (http2Port == 0)
            return;
        if (urls is not null)
            builder.WebHost.UseUrls([.. HttpOptions.Items(urls), .. HttpOptions.Items(urls).Select(url => OnPort(url, http2Port)).Distinct()]);
        else
            builder.WebHost.UseSetting("http_ports", $"{ports};{http2Port}");
    }

    /// <summary>The address of a URL on another port, without TLS.</summary>
    internal static string OnPort(string url, int port) => $"http://{BindingAddress.Parse(url).Host}:{port}";
}
