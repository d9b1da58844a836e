using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using Swashbuckle.AspNetCore.Swagger;

namespace SigmoidApi.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>: the document, with the prefix under which the caller reaches the service.</summary>
internal sealed class ServedDocument
{
    // Only the last prefix is kept: a service has one prefix, or two if it is also reached without its proxy.
    private volatile Written? _last;

    public static async Task<Results<FileContentHttpResult, NotModified>> HandleAsync(
        HttpContext context, ServedDocument served, CancellationToken cancellationToken)
    {
        var json = await served.JsonAsync(context, cancellationToken);
        return EntityTags.SetAndCompare(context, json) ? new NotModified() : TypedResults.Bytes(json, $"{MediaTypes.Json};charset=utf-8");
    }

    private async Task<byte[]> JsonAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var prefix = context.Request.PathBase.Value ?? "";
        if (_last is { } last && last.Prefix == prefix)
            return last.Json;
        var document = await context.RequestServices.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync("v1");
        document.Servers = [new OpenApiServer { Url = prefix.Length > 0 ? prefix : "/", Description = "The service that serves this document." }];
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        var bytes = json.ToArray();
        _last = new(prefix, bytes);
        return bytes;
    }

    private sealed record Written(string Prefix, byte[] Json);
}
