using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using SigmoidApi.Tables;

namespace SigmoidApi.Http.Access;

/// <summary>The addresses that the service is reached by, and the access rules for them (docs/decisions/0023).</summary>
internal static class Addresses
{
    /// <summary>The default address: this machine only.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Headers that pages of other origins may read, besides those that CORS always permits.</summary>
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
        // The framework's own filter reads the same setting, but would answer with an HTML page before any code here runs.
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<HttpOptions>>((forwarded, http) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.All;
            // By default these contain loopback.
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in http.Value.Networks())
                forwarded.KnownIPNetworks.Add(network);
        });
        builder.Services.AddCors();
    }

    /// <summary>Must be the first middleware: it restores the address that the client used, which a proxy has replaced.</summary>
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
                // A page whose host name resolves to this machine can send a proxy's headers. So the Host itself must be allowed for a forwarded host to count.
                if (!hosts.Allows(context.Request))
                    headers.Remove("X-Forwarded-Host");
                // The framework would use the last of several prefixes without checking it.
                var prefix = headers["X-Forwarded-Prefix"].LastOrDefault()?.Split(',')[^1].Trim().TrimEnd('/') ?? "";
                headers["X-Forwarded-Prefix"] = HttpOptions.IsPrefix.IsMatch(prefix) ? prefix : StringValues.Empty;
                return next(context);
            });
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Checks the access rules, and gives every answer its headers.</summary>
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

    /// <summary>
    /// Adds the refusals to the document: of a wrong host name for every route, of pages of other sites for routes that change something.
    /// </summary>
    public static void AddRefusals(this IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        var changes = endpoint.Metadata.OfType<HttpMethodMetadata>().SelectMany(methods => methods.HttpMethods).Any(method => !CrossSite.IsSafe(method));
        foreach (var status in changes ? [StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden] : (int[])[StatusCodes.Status400BadRequest])
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), [MediaTypes.Problem]));
    });

    /// <summary>The path of a route with an id, by the route's name, with the prefix of the caller's request.</summary>
    public static string PathOf(this HttpContext context, string route, Guid id) => context.PathOf(route, new RouteValueDictionary { ["id"] = id });

    /// <summary>The same for a route with other parameters.</summary>
    public static string PathOf(this HttpContext context, string route, RouteValueDictionary parameters) =>
        context.RequestServices.GetRequiredService<LinkGenerator>().GetPathByName(context, route, parameters)
        ?? throw new InvalidOperationException($"There is no route '{route}' with these parameters.");

    /// <summary>Listens at the configured addresses, and on a further port for HTTP/2.</summary>
    private static void Listen(this WebApplicationBuilder builder)
    {
        var (configuration, http2Port) = (builder.Configuration, builder.Configuration.GetValue($"{HttpOptions.Section}:{nameof(HttpOptions.Http2Port)}", 0));
        var (urls, ports) = (configuration["urls"], configuration["http_ports"]);
        // The default is not in appsettings.json, which would override ASPNETCORE_URLS and the ports that container images set.
        if (urls is null && ports is null && configuration["https_ports"] is null)
            builder.WebHost.UseUrls(urls = DefaultUrl);
        if (http2Port == 0)
            return;
        if (urls is not null)
            builder.WebHost.UseUrls([.. HttpOptions.Items(urls), .. HttpOptions.Items(urls).Select(url => OnPort(url, http2Port)).Distinct()]);
        else
            builder.WebHost.UseSetting("http_ports", $"{ports};{http2Port}");
    }

    /// <summary>The host of a URL with another port, without TLS. An invalid URL stays as it is: the server refuses it at its start.</summary>
    internal static string OnPort(string url, int port)
    {
        try
        {
            return $"http://{BindingAddress.Parse(url).Host}:{port}";
        }
        catch (FormatException)
        {
            return url;
        }
    }
}
