using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SigmoidApi.Http;

/// <summary>Which service answers.</summary>
/// <param name="Version">The version by Semantic Versioning.</param>
/// <param name="Commit">The commit that it was built from; absent where the build did not know it.</param>
/// <param name="Runtime">The runtime that it runs on.</param>
public sealed record ServiceVersionResponse(
    string Version,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Commit,
    string Runtime);

/// <summary><c>GET /version</c>. The number is the <c>VersionPrefix</c> of Directory.Build.props.</summary>
internal static class ServiceVersion
{
    // The build writes 'version+commit' where it knows the commit.
    private static readonly string[] Parts =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', 2);

    public static string Number => Parts[0];

    public static string? Commit => Parts.ElementAtOrDefault(1);

    public static void MapVersion(this IEndpointRouteBuilder app) =>
        app.MapGet("/version", Handle).WithName("GetVersion").WithTags("Service").WithSummary("Which version of the service answers").AddHead();

    private static Ok<ServiceVersionResponse> Handle() => TypedResults.Ok(new ServiceVersionResponse(Number, Commit, RuntimeInformation.FrameworkDescription));
}
