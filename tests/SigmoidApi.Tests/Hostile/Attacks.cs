using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SigmoidApi.Tests.Hostile;

/// <summary>Attacks on the service. Any answer is allowed except an error of the service itself.</summary>
internal sealed partial class Attacks(ServiceProcess service, IReadOnlyList<OpenApiOperation> operations, Random random)
{
    public const int NestingDepth = 100_000;
    public const int ManyElements = 1_000_000;

    private static readonly string[] JsonTypes = ["application/json", "application/json; charset=utf-16", "application/problem+json"];

    private static readonly string[] OddMediaTypes =
    [
        "text/plain", "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "*/*", "application/*",
        "json", ";;;", "application/octet-stream; =", "application/x-www-form-urlencoded", "text/csv; charset=utf-7", "application/vnd.apache.parquet",
    ];

    private static readonly string[] WrongValues =
    [
        "null", "true", "\"\"", "\"x\"", "\"NaN\"", "\"-Infinity\"", "-1", "0", "1.5", "-0", "1e308", "5e-324", "1e999", "9223372036854775808",
        "[]", "{}", "[[]]", "[null]", "[[[1]]]", "[{}]", """{"a":1}""",
    ];

    private OpenApiOperation[] Posts { get; } = [.. operations.Where(o => o.Method == HttpMethod.Post)];

    public IEnumerable<Func<Task>> All =>
        [
            RandomBytes, BrokenExamples, WrongTypes, DeepNesting, MediaTypes, CutOffBodies, InvalidHttp, HeaderFloods, OddAddresses,
            PackedBodies, BrokenFiles, OddQueries, OddHeaders, OddMethods,
        ];

    public async Task RandomBytes()
    {
        foreach (var operation in Posts)
        {
            foreach (var mediaType in new[] { "application/json", "application/octet-stream", "text/csv" })
            {
                var bytes = new byte[random.Next(1, 5_000)];
                random.NextBytes(bytes);
                await Send(operation, bytes, mediaType);
            }
        }
    }

    /// <summary>Valid bodies with a few bytes changed, removed or repeated.</summary>
    public async Task BrokenExamples()
    {
        foreach (var operation in Posts)
        {
            foreach (var (mediaType, body) in operation.Bodies)
            {
                for (var i = 0; i < 10; i++)
                    await Send(operation, Mutated(Encoding.UTF8.GetBytes(body)), mediaType);
            }
        }
    }

    /// <summary>Every example with each of its fields replaced by other values, with an unknown field, and with every field twice.</summary>
    public async Task WrongTypes()
    {
        foreach (var operation in Posts)
        {
            foreach (var (mediaType, body) in operation.Bodies.Where(b => b.MediaType == "application/json"))
            {
                foreach (var path in Paths(JsonNode.Parse(body)!))
                {
                    foreach (var value in WrongValues)
                        await Send(operation, Replaced(body, path, value), mediaType);
                }

                await Send(operation, Encoding.UTF8.GetBytes(body.TrimEnd()[..^1] + ", \"unknown\": 1}"), mediaType);
                await Send(operation, Encoding.UTF8.GetBytes(body.TrimEnd()[..^1] + "," + body.TrimStart()[1..]), mediaType);
            }
        }
    }

    public async Task DeepNesting()
    {
        var arrays = new string('[', NestingDepth);
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", NestingDepth));
        foreach (var operation in Posts)
        {
            foreach (var name in new[] { "values", "features", "data", "rows", "columns", "parameters", "classWeight" })
            {
                await Send(operation, Encoding.UTF8.GetBytes($$"""{"{{name}}":{{arrays}}{{new string(']', NestingDepth)}}}"""), "application/json");
                await Send(operation, Encoding.UTF8.GetBytes($$"""{"{{name}}":{{objects}}1"""), "application/json");
            }

            await Send(operation, Encoding.UTF8.GetBytes(arrays), "application/json");
        }
    }

    public async Task ManyValues()
    {
        var numbers = "[" + string.Join(',', Enumerable.Repeat("0.125", ManyElements)) + "]";
        var rows = "[" + string.Join(',', Enumerable.Repeat("[1]", ManyElements)) + "]";
        var records = "[" + string.Join(',', Enumerable.Repeat("""{"x1":1,"x2":2}""", ManyElements / 4)) + "]";
        var fields = string.Join(',', Enumerable.Range(0, ManyElements).Select(i => $"\"f{i}\":1"));
        foreach (var (path, body) in new[]
        {
            ("/api/v1/sigmoid", $$"""{"values":{{numbers}}}"""),
            ("/api/v1/sigmoid", $$"""{"values":{{rows}}}"""),
            ("/api/v1/sigmoid", $$"""{"values":[{{string.Join(',', Enumerable.Repeat("[]", ManyElements))}}]}"""),
            ("/api/v1/sigmoid", $$"""{"values":1,"parameters":{ {{fields}} } }"""),
            ("/api/v1/predict", $$"""{"features":{{rows}},"weights":[1]}"""),
            ("/api/v1/predict", $$"""{"features":[{{numbers}}],"weights":{{numbers}}}"""),
            ("/api/v1/cost", $$"""{"features":{{rows}},"weights":[1],"labels":{{numbers}}}"""),
            ("/api/v1/predict", $$"""{ {{fields}} }"""),
            ("/api/v1/models/mails/predict", $$"""{"rows":{{records}}}"""),
            ("/api/v1/models/mails/predict", $$"""{"rows":[{ {{fields}} }]}"""),
            ("/api/v1/models/mails/predict", $$"""{"columns":{ {{fields}} } }"""),
            ("/api/v1/training-jobs", $$"""{"datasetId":"mails","target":"spam","features":{{records}}}"""),
        })
        {
            await Answered(service.Api.Post(path, body), path);
        }
    }

    public async Task MediaTypes()
    {
        foreach (var operation in Posts)
        {
            foreach (var mediaType in OddMediaTypes.Concat(JsonTypes))
            {
                using var content = new ByteArrayContent("{}"u8.ToArray());
                content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
                await Answered(service.Api.Send(operation.Method, operation.ExamplePath, content), $"{operation} {mediaType}");
            }
        }
    }

    /// <summary>Bodies shorter than their Content-Length, and chunks that end early.</summary>
    public async Task CutOffBodies()
    {
        foreach (var operation in Posts)
        {
            var mediaType = operation.Bodies.Length > 0 ? operation.Bodies[0].MediaType : "application/json";
            var head = $"POST {operation.ExamplePath} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {mediaType}\r\n";
            await Raw(head + "Content-Length: 5000\r\n\r\n{\"values\": [1, 2", endSending: true);
            await Raw(head + "Content-Length: 5000\r\n\r\n{\"values\": [1, 2", endSending: false);
            await Raw(head + "Transfer-Encoding: chunked\r\n\r\n10\r\n{\"values\": [1, 2\r\n", endSending: true);
        }
    }

    public async Task InvalidHttp()
    {
        const string Head = "POST /api/v1/sigmoid HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        foreach (var request in new[]
        {
            Head + "Transfer-Encoding: chunked\r\n\r\nZZZ\r\n",
            Head + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            Head + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
            Head + "Transfer-Encoding: gzip\r\n\r\n{}",
            Head + "Content-Length: -1\r\n\r\n",
            Head + "Content-Length: 99999999999999999999\r\n\r\n",
            Head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            Head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            Head + "Expect: nothing\r\nContent-Length: 2\r\n\r\n{}",
            Head + "Content-Encoding: zstd\r\nContent-Length: 2\r\n\r\n{}",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
            "\0\0\0\0\r\n\r\n",
            "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
            "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            Encoding.Latin1.GetString(RandomBytesOf(2_000)),
        })
        {
            await Raw(request, endSending: true);
        }
    }

    public async Task HeaderFloods()
    {
        const string Head = "GET /api/v1/activations HTTP/1.1\r\nHost: localhost\r\n";
        await Raw(Head + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"h{i}: v\r\n")) + "\r\n", endSending: true);
        await Raw(Head + $"h: {new string('v', 1 << 20)}\r\n\r\n", endSending: true);
        await Raw(Head + "Prefer: " + string.Concat(Enumerable.Repeat("wait=1,", 4_000)) + "\r\nConnection: close\r\n\r\n", endSending: true);
        await Raw($"GET /{new string('a', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n", endSending: true);
        await Raw(Head + "no colon\r\n\r\n", endSending: true);
        await Raw(Head + "Accept: \xff\xfe\0\r\n\r\n", endSending: true);
    }

    public async Task OddAddresses()
    {
        foreach (var path in new[]
        {
            "/api/v1/activations/%00", "/api/v1/activations/..%2f..%2fetc%2fpasswd",
            "/api/v1/models/%ff%fe", "/api/v1/models/a%0d%0ab", "/api/v1/models/%E2%80%AE", "/api/v1/models/" + new string('a', 6_000),
            "/api/v1/models/a/versions/-1", "/api/v1/models/a/versions/0", "/api/v1/models/a/versions/2147483648",
            "/api/v1/models?cursor=ffffffff-ffff-ffff-ffff-ffffffffffff",
            "/api/v1/training-jobs/00000000-0000-0000-0000-000000000000", "/api/v1/training-jobs/{01999999-0000-7000-8000-000000000000}",
            "/api/v1/training-jobs?limit=99999999999", "/api/v1/training-jobs?cursor=%00", "/api/v1/training-jobs?limit=1&limit=x",
            "/api/v1/training-jobs?status=%F0%9F%92%A9",
            "/api/v1/datasets/x%27%3B%20drop%20table", "/api/v1/datasets/latest/rows?offset=-1",
            "/api/v1/sigmoid?x=" + string.Join("&x=", Enumerable.Repeat("1e400", 500)), "/api/v1/sigmoid?x=%00", "/api/v1//sigmoid",
            "/openapi/v2.json", "/openapi/..%2f.json", "/swagger/..%2f..%2fx",
        })
        {
            await Answered(service.Api.Get(path), path);
        }
    }

    private Task Send(OpenApiOperation operation, byte[] body, string mediaType) =>
        Answered(service.Api.Send(operation.Method, operation.ExamplePath, ApiClient.Bytes(body, mediaType)), $"{operation} {mediaType} {Excerpt(body)}");

    /// <summary>The answer must not be an error of the service, and an error of the caller must be a problem.</summary>
    private async Task Answered(Task<ApiResponse> request, string what)
    {
        var answer = await request;
        var exception = service.Log.LastOrDefault(line => line.Contains("\"@x\"", StringComparison.Ordinal));
        ((int)answer.Status).ShouldBeLessThan(500, $"{what}\n{answer.Text}\n{exception}");
        if ((int)answer.Status >= 400 && answer.Content.Length > 0)
            answer.ContentHeaders.ContentType?.MediaType.ShouldBe("application/problem+json", what);
    }

    private async Task Raw(string request, bool endSending)
    {
        using var connection = await RawConnection.Open(service.Address);
        try
        {
            await connection.Send(request);
            if (!endSending)
                return;
            connection.EndSending();
        }
        catch (IOException)
        {
            // The service has closed the connection early; it may still have sent an answer.
        }

        var answer = Encoding.Latin1.GetString(await connection.ReadToEnd());
        // The answer to an unknown version of HTTP is 505 (RFC 9110, section 15.6.6), unless the connection is closed first.
        if (answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && !answer.StartsWith("HTTP/1.1 505 ", StringComparison.Ordinal))
            answer[9].ShouldNotBe('5', $"{request[..Math.Min(request.Length, 500)]}\n{answer}");
    }

    private byte[] Mutated(byte[] body)
    {
        var bytes = new List<byte>(body);
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, RandomBytesOf(random.Next(1, 9))); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at))); break;
            }
        }

        return [.. bytes];
    }

    private byte[] RandomBytesOf(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The paths to all values in a body; of an array only to its first element.</summary>
    private static IEnumerable<object[]> Paths(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(p => Paths(p.Value!).Select(rest => (object[])[p.Key, .. rest]).Prepend([p.Key])),
        JsonArray { Count: > 0 } a => Paths(a[0]!).Select(rest => (object[])[0, .. rest]).Prepend([0]),
        _ => [],
    };

    private static byte[] Replaced(string body, object[] path, string value)
    {
        // JSON may contain numbers outside float64, but a JsonNode may not; so the value replaces a mark in the text.
        const string Mark = "\"\\u0001\"";
        var root = JsonNode.Parse(body)!;
        var at = root;
        foreach (var step in path[..^1])
            at = step is string name ? at[name]! : at[(int)step]!;
        if (path[^1] is string last)
            at[last] = "\u0001";
        else
            at[(int)path[^1]] = "\u0001";
        return Encoding.UTF8.GetBytes(root.ToJsonString(JsonSerializerOptions.Default).Replace(Mark, value, StringComparison.Ordinal));
    }

    private static string Excerpt(byte[] body) => Encoding.Latin1.GetString(body, 0, Math.Min(body.Length, 300));
}
