using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Operations;

/// <summary>Which service answers.</summary>
/// <param name="Version">The version by Semantic Versioning.</param>
/// <param name="Commit">The commit that it was built from; left out where the build did not know it.</param>
/// <param name="Runtime">The runtime that it runs on.</param>
public sealed record ServiceVersionResponse(
    string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Commit,
    string Runtime);

/// <summary><c>GET /version</c>. The number is the <c>VersionPrefix</c> of Directory.Build.props.</summary>
internal static class ServiceVersion
{
    public const string Tag = "Service";
    public const string TagText = "Whether the service is alive and ready, and its version; for operators.";

    // The build writes 'version+commit' if it knows the commit.
    private static readonly string[] Parts =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', 2);

    public static string Number => Parts[0];

    public static string? Commit => Parts.ElementAtOrDefault(1);

    public static void MapVersion(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").WithTag(Tag, TagText);
        QueryNames.Add(group);
        group.MapGet("/version", Handle).WithName("GetVersion")
            .WithSummary("Which version of the service answers")
            .WithDescription("The same version is in the document's `info`, in each line of the log and in the image's labels.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "A version", """
                { "version": "0.14.0", "commit": "02e8875f0b3f4f0c9a6f6e1d8a7c5b4e3d2c1b0a", "runtime": ".NET 10.0.12" }
                """).AddHead();
    }

    private static Ok<ServiceVersionResponse> Handle() => TypedResults.Ok(new ServiceVersionResponse(Number, Commit, RuntimeInformation.FrameworkDescription));
}
