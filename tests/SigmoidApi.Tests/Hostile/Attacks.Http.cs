using System.Text;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Hostile;

/// <summary>Attacks by the parts of HTTP around a body: codings, queries, headers, methods; and attacks by files.</summary>
internal sealed partial class Attacks
{
    private const int FilesOfEachSample = 4;

    private static readonly string[] Codings = ["gzip", "zstd", "x-gzip", "br", "deflate", "gzip, gzip", "gzip, zstd", "identity", "", ";", "GZIP", "gzip;q=1"];

    private static readonly string[] Queries =
    [
        "limit=0", "limit=-1", "limit=1&limit=2", "limit=99999999999999999999", "cursor=", "cursor=%ff", "offset=-1", "offset=9223372036854775808",
        "offset=1e9",
        "types=", "types=a", "types=:number", "types=a:number,", "types=" + new string('a', 3_000), "types=a:number&types=a:text", "nullValue=&nullValue=%00",
        "nullValue=%22&nullValue=,",
        "delimiter=%00", "delimiter=ab", "delimiter=%C3%A9", "delimiter=%22", "quote=,", "quote=%0a", "decimal=;", "decimal=", "header=maybe", "dates=ydm",
        "format=exe", "format=",
        "name=", "name=%00", "name=..%2f..%2fx", "name=%E2%80%AE", "name=" + new string('n', 2_000), "threshold=NaN", "threshold=2", "threshold=1e999",
        "target=", "target=%00",
        "dtype=float16", "x=", "x=1e999", "include=covariance&include=x", "%=%", "=", "&&&", "a[]=1", "unknown=1", "?", "%F0%9F%92%A9=1",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("If-None-Match", "*"), ("If-None-Match", "\"a\", W/\"b\""), ("If-None-Match", "a"), ("If-None-Match", "\""),
        ("If-None-Match", new string('"', 5_000)), ("If-Match", "\"x\""), ("If-Match", "W/"),
        ("If-Modified-Since", "yesterday"), ("If-Modified-Since", "Sun, 06 Nov 9999 08:49:37 GMT"), ("If-Unmodified-Since", "0"), ("If-Range", "\"a\""),
        ("Range", "bytes=0-0"), ("Range", "bytes=-1"), ("Range", "bytes=5-1"), ("Range", "bytes=0-99999999999999999999"),
        ("Range", "bytes=" + string.Join(',', Enumerable.Repeat("0-0", 1_000))),
        ("Range", "rows=1-2"), ("Prefer", "wait"), ("Prefer", "wait=-1"), ("Prefer", "wait=99999999999999"), ("Prefer", "wait=0, wait=1"),
        ("Prefer", "respond-async, wait=0; x=\"y"),
        ("Idempotency-Key", ""), ("Idempotency-Key", "\"\""), ("Idempotency-Key", new string('k', 10_000)), ("Idempotency-Key", "\"a"),
        ("Idempotency-Key", "%00"), ("Idempotency-Key", "\u00e9"),
        ("Accept", ""), ("Accept", "nothing"), ("Accept", "*/*;q=2"), ("Accept", string.Join(',', Enumerable.Repeat("text/html;q=0.1", 1_000))),
        ("Accept", "text/csv"), ("Accept", "application/xml"),
        ("Accept-Encoding", "gzip;q=0, *;q=0"), ("Accept-Encoding", "br, zstd, gzip, deflate"), ("Accept-Encoding", new string(',', 10_000)),
        ("Accept-Charset", "utf-7"), ("Accept-Language", "\u00ff"),
        ("Origin", "null"), ("Origin", "http://elsewhere.example"), ("Origin", ":::"), ("Sec-Fetch-Site", "cross-site"), ("Host", "elsewhere.example"),
        ("Host", "127.0.0.1:99999"), ("Host", ":"),
        ("Referer", "http://elsewhere.example/\u00ff"), ("Cookie", new string('c', 10_000)), ("Authorization", "Basic \u00ff"),
        ("X-Forwarded-For", "1.2.3.4, , ::1, x"), ("X-Forwarded-Host", "elsewhere.example:x"), ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Prefix", "/../.."), ("Forwarded", "for=\"[::"),
        ("X-HTTP-Method-Override", "DELETE"), ("Last-Event-ID", "99999999999999999999"), ("Last-Event-ID", "x"), ("traceparent", "00-zz-zz-01"),
        ("traceparent", new string('0', 5_000)), ("tracestate", "=,=,="),
        ("baggage", string.Join(',', Enumerable.Repeat("a=b", 1_000))), ("Content-Digest", "sha-256=:x:"), ("Content-Digest", new string('=', 5_000)),
        ("Expect", "100-continue"), ("Upgrade", "h2c"), ("Connection", "upgrade, close"),
    ];

    /// <summary>
    /// Packed bodies: whole, broken, with unknown codings, packed twice, nested deeply, and bodies that unpack to a thousand times their size.
    /// </summary>
    public async Task PackedBodies()
    {
        var bomb = SampleFiles.Gzip(new byte[100_000_000]);
        var deep = SampleFiles.Gzip(Encoding.UTF8.GetBytes($"[{{\"a\":{new string('[', NestingDepth)}"));
        foreach (var operation in Posts)
        {
            foreach (var (mediaType, body) in operation.Bodies)
            {
                var plain = Encoding.UTF8.GetBytes(body);
                var (gzip, zstd) = (SampleFiles.Gzip(plain), SampleFiles.Zstd(plain));
                foreach (var coding in Codings)
                    await SendPacked(operation, gzip, mediaType, coding);
                foreach (var packed in new[] { gzip, zstd })
                {
                    var coding = packed == gzip ? "gzip" : "zstd";
                    await SendPacked(operation, packed, mediaType, coding);
                    await SendPacked(operation, packed[..^1], mediaType, coding);
                    await SendPacked(operation, [.. packed, 0], mediaType, coding);
                    await SendPacked(operation, [.. packed, .. packed], mediaType, coding);
                    await SendPacked(operation, SampleFiles.Gzip(packed), mediaType, "gzip");
                    for (var i = 0; i < 5; i++)
                        await SendPacked(operation, Mutated(packed), mediaType, coding);
                }

                await SendPacked(operation, deep, mediaType, "gzip");
            }
        }

        foreach (var path in new[] { "/api/v1/sigmoid", "/api/v1/models/mails/predict", "/api/v1/datasets?name=bomb" })
        {
            using var content = ApiClient.Bytes(bomb, path.Contains("datasets", StringComparison.Ordinal) ? "text/csv" : "application/json");
            content.Headers.ContentEncoding.Add("gzip");
            await Answered(service.Api.Send(HttpMethod.Post, path, content), $"a bomb to {path}");
        }
    }

    /// <summary>Files of every format with random changes, and with random queries.</summary>
    public async Task BrokenFiles()
    {
        foreach (var (name, mediaType, bytes) in SampleFiles.All(40))
        {
            for (var i = 0; i < FilesOfEachSample; i++)
            {
                var file = random.Next(4) switch { 0 => SampleFiles.Gzip(Mutated(bytes)), 1 => Mutated(SampleFiles.Zstd(bytes)), _ => Mutated(bytes) };
                var query = random.Next(2) == 0 ? "" : Queries[random.Next(Queries.Length)];
                await Answered(service.Api.PostBytes($"datasets?name=broken&{query}", file, mediaType),
                    $"{name} {query} {Convert.ToBase64String(file[..Math.Min(file.Length, 3_000)])}");
                await Answered(
                    service.Api.PostBytes($"models/mails/predict?{query}", file, mediaType == "application/json" ? "application/octet-stream" : mediaType),
                    $"{name} to predict, {query}");
            }
        }
    }

    public async Task OddQueries()
    {
        foreach (var operation in operations.Where(o => o.Method == HttpMethod.Get || o.Method == HttpMethod.Post))
        {
            foreach (var query in Queries)
            {
                var path = operation.ExamplePath + (operation.ExamplePath.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query;
                using var content = Example(operation);
                await Answered(service.Api.Send(operation.Method, path, content), $"{operation.Method} {path}");
            }
        }
    }

    public async Task OddHeaders()
    {
        foreach (var operation in operations.Where(o => o.Method == HttpMethod.Get || o.Method == HttpMethod.Post))
        {
            foreach (var header in Headers)
            {
                // The client can only send ASCII; the raw request below sends the others too.
                if (header.Value.All(char.IsAscii))
                {
                    using var content = Example(operation);
                    await Answered(service.Api.Send(operation.Method, operation.ExamplePath, content, header), $"{operation} {header}");
                }

                var head = $"{operation.Method} {operation.ExamplePath} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n";
                await Raw($"{head}{header.Name}: {header.Value}\r\n\r\n{{}}", endSending: true);
            }
        }
    }

    /// <summary>Every path with methods that it does not take, and with unknown methods.</summary>
    public async Task OddMethods()
    {
        foreach (var path in operations.Select(operation => operation.Path).Distinct(StringComparer.Ordinal))
        {
            var taken = operations.Where(operation => operation.Path == path).ToList();
            foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X", "QUERY" })
            {
                // A deleted resource would be missing for the other attacks.
                if (method == "DELETE" && taken.Exists(operation => operation.Method == HttpMethod.Delete))
                    continue;
                await Raw($"{method} {taken[0].ExamplePath} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}", endSending: true);
            }
        }
    }

    private async Task SendPacked(OpenApiOperation operation, byte[] body, string mediaType, string coding)
    {
        using var content = ApiClient.Bytes(body, mediaType);
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        await Answered(service.Api.Send(operation.Method, operation.ExamplePath, content),
            $"{operation} {mediaType} {coding} {Convert.ToBase64String(body[..Math.Min(body.Length, 300)])}");
    }

    private static HttpContent? Example(OpenApiOperation operation) =>
        operation.Bodies is [var (mediaType, body), ..] ? ApiClient.Bytes(Encoding.UTF8.GetBytes(body), mediaType) : null;
}
