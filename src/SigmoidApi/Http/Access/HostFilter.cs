using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace SigmoidApi.Http.Access;

/// <summary>
/// Serves only requests to the service's own host names. A page of another site can make its own name resolve to this machine (DNS rebinding). The browser
/// then treats the service as part of that site, and only the <c>Host</c> header shows the difference.
/// </summary>
internal sealed partial class HostFilter(IOptions<HttpOptions> options, IServer server, ILogger<HostFilter> logger)
{
    public const string Setting = "AllowedHosts";

    private static readonly StringSegment[] Any = ["*"];

    /// <summary>Lazy, since the addresses are known only when the server listens.</summary>
    private readonly Lazy<StringSegment[]> _allowed = new(() =>
        Allowed(options.Value.AllowedHosts, server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []));

    /// <summary>The last allowed header. Most clients send the same one, so it is checked first.</summary>
    private volatile string? _last;

    private bool AllowsAny => ReferenceEquals(_allowed.Value, Any);

    public bool Allows(HttpRequest request)
    {
        // The raw header, since the framework's property is decoded. A request without one comes from no browser.
        if (AllowsAny || request.Headers.Host is not [{ Length: > 0 } header] || header == _last)
            return true;
        var host = new HostString(header).Host;
        if (!HostString.MatchesAny(host.EndsWith('.') ? host[..^1] : host, _allowed.Value))
            return false;
        _last = header;
        return true;
    }

    public Task Check(HttpContext context, RequestDelegate next)
    {
        // Container probes use the container's address. The answer of /health is only one word.
        if (Allows(context.Request) || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
            return next(context);
        return Problems.Of(StatusCodes.Status400BadRequest,
            $"Host: this service is not served under the name '{context.Request.Headers.Host}'. "
            + $"Use one of its own names, or add the name to the setting {Setting}.").ExecuteAsync(context);
    }

    /// <summary>Logs one line at start if any name is served by default, without a setting.</summary>
    public void LogDefault()
    {
        if (AllowsAny && HttpOptions.Items(options.Value.AllowedHosts).Length == 0)
            AnyHostIsServed(logger, Setting);
    }

    internal static StringSegment[] Allowed(string? setting, ICollection<string> addresses)
    {
        var named = HttpOptions.Items(setting);
        if (named.Contains("*", StringComparer.Ordinal))
            return Any;
        if (named.Length > 0)
            return [.. named.Select(Written)];
        var bound = addresses.Select(BindingAddress.Parse).ToArray();
        if (!bound.All(IsLocal))
            return Any;
        string[] own = ["localhost", "127.0.0.1", "[::1]", Environment.MachineName, Dns.GetHostName()];
        var listening = bound.Where(address => !address.IsUnixPipe).Select(address => address.Host);
        return [.. own.Concat(listening).Distinct(StringComparer.OrdinalIgnoreCase).Select(Written)];
    }

    private static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe
        || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));

    // In Punycode, as in the header.
    private static StringSegment Written(string host) => new(new HostString(host).ToUriComponent());

    [LoggerMessage(LogLevel.Information,
        "The service listens beyond this machine and is served under any host name; {Setting} limits the names, such as 'api.example;*.internal.example'")]
    private static partial void AnyHostIsServed(ILogger logger, string setting);
}
