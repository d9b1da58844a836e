using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.RegularExpressions;

namespace SigmoidApi.Http.Access;

/// <summary>
/// The addresses that the service is reached by, and the access rules; section <c>Http</c> of the configuration. Lists are separated by semicolons.
/// </summary>
public sealed partial class HttpOptions : IValidatableObject
{
    public const string Section = "Http";

    private const string Prefix = "(/[A-Za-z0-9._~-]+)+";

    /// <summary>A prefix of every path of the service, such as <c>/sigmoid</c>, for a proxy that passes paths on unchanged. Empty for none.</summary>
    [RegularExpression(Prefix, ErrorMessage = "The field {0} must be a path such as /sigmoid, without a slash at its end.")]
    public string PathBase { get; init; } = "";

    /// <summary>
    /// Addresses and networks of proxies, such as <c>127.0.0.1;10.0.0.0/8</c>. The service uses <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and
    /// <c>-Prefix</c> only from these. Empty by default: any page in a browser of this machine can send such headers to a service on loopback.
    /// </summary>
    public string KnownProxies { get; init; } = "";

    /// <summary>
    /// Origins whose pages may call the service, such as <c>https://app.example;http://localhost:3000</c>. Empty: only the service's own pages.
    /// </summary>
    public string CorsOrigins { get; init; } = "";

    /// <summary>Whether Swagger UI is served at <c>/swagger</c>. The OpenAPI document is always served.</summary>
    public bool SwaggerUi { get; init; } = true;

    /// <summary>A further port, at the same addresses, for HTTP/2 without TLS (prior knowledge). 0 for none.</summary>
    [Range(0, 65535)]
    public int Http2Port { get; init; }

    /// <summary>
    /// Host names that requests may use, such as <c>api.example;*.internal.example</c>; the setting <c>AllowedHosts</c> at the top level of the
    /// configuration. Null for the default: the names of loopback and of this machine if the service listens only on loopback, otherwise any name.
    /// </summary>
    public string? AllowedHosts { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var proxy in Items(KnownProxies))
        {
            if (!TryNetwork(proxy, out _))
                yield return Wrong(nameof(KnownProxies), "addresses or networks such as 127.0.0.1;10.0.0.0/8", proxy);
        }

        foreach (var origin in Items(CorsOrigins))
        {
            if (!TryOrigin(origin, out _))
                yield return Wrong(nameof(CorsOrigins), "origins such as https://app.example;http://localhost:3000", origin);
        }

        foreach (var host in Items(AllowedHosts))
        {
            if (!IsHost(host))
                yield return Wrong(nameof(AllowedHosts), "names without a scheme or a port, such as api.example;*.internal.example", host);
        }

        static ValidationResult Wrong(string field, string expected, string item) =>
            new($"The field {field} must be {expected}, but has '{item}'.", [field]);
    }

    internal IEnumerable<IPNetwork> Networks()
    {
        foreach (var proxy in Items(KnownProxies))
        {
            if (TryNetwork(proxy, out var network))
                yield return network;
        }
    }

    /// <summary>The origins as browsers write them.</summary>
    internal IEnumerable<string> Origins()
    {
        foreach (var origin in Items(CorsOrigins))
        {
            if (TryOrigin(origin, out var written))
                yield return written;
        }
    }

    /// <summary>Matches a valid prefix, in the setting or a header: a prefix such as <c>//evil.example</c> would make links to another host.</summary>
    [GeneratedRegex($"^{Prefix}$", RegexOptions.ExplicitCapture)]
    internal static partial Regex IsPrefix { get; }

    internal static string[] Items(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsHost(string text) =>
        text == "*" || Uri.CheckHostName(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text) != UriHostNameType.Unknown;

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
            return true;
        if (!IPAddress.TryParse(text, out var address))
            return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    // An origin is scheme, host and port (RFC 6454, 6.2). A wildcard would allow every page of the web.
    private static bool TryOrigin(string text, [NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (text.Contains('*', StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out var uri))
            return false;
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return false;
        if (uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0)
            return false;
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        origin = uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
        return true;
    }
}
