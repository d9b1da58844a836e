using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SigmoidApi.Tests.Contract;

/// <summary>The check of answers fails for an answer that does not match the document.</summary>
[Trait("Speed", "Slow")]
public sealed class ContractTests
{
    private const string Document = """
        {
          "paths": {
            "/api/v1/things/{id}": {
              "get": { "responses": {
                "200": { "headers": { "Link": {}, "Age": {} }, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
                "204": {},
                "404": { "$ref": "#/components/responses/Problem" },
                "default": { "$ref": "#/components/responses/Problem" }
              } }
            },
            "/api/v1/things/newest": { "get": { "responses": { "200": {
              "content": { "application/json": { "schema": { "type": "array", "items": { "type": "integer" } } } } } } } },
            "/api/v1/tagged": { "get": { "responses": { "200": { "headers": { "ETag": { "required": true }, "Link": {} } } } } },
            "/api/v1/word": { "get": { "responses": { "200": { "content": { "text/plain": { "schema": { "enum": [ "yes" ] } } } } } } },
            "/api/v1/lines": { "get": { "responses": { "200": { "content": { "application/x-ndjson": {
              "x-oai-itemSchema": { "$ref": "#/components/schemas/Thing" } } } }, "206": { "content": { "application/x-ndjson": {
              "x-oai-itemSchema": { "$ref": "#/components/schemas/Thing" } } } } } } },
            "/api/v1/events": { "get": { "responses": { "200": { "content": { "text/event-stream": {
              "x-oai-itemSchema": { "$ref": "#/components/schemas/Event" } } } } } } },
            "/api/v1/pages": { "get": { "responses": { "200": { "content": { "application/json": { "schema": { "type": "object", "properties": {
              "items": { "type": "array", "items": { "oneOf": [ { "type": "null" }, { "$ref": "#/components/schemas/Special" } ] } } } } } } } } } }
          },
          "components": {
            "schemas": {
              "Thing": { "type": "object", "required": [ "name" ], "properties": {
                "name": { "type": "string" }, "size": { "type": "number" }, "id": { "type": "string", "format": "uuid" } } },
              "Special": { "allOf": [ { "$ref": "#/components/schemas/Thing" } ], "properties": { "colour": { "type": "string" } } },
              "Event": { "type": "object", "required": [ "event", "data" ], "properties": {
                  "event": { "type": "string" }, "id": { "type": "string" }, "data": { "type": "string", "contentMediaType": "application/json" } },
                "oneOf": [
                  { "required": [ "id" ], "properties": { "event": { "enum": [ "made" ] },
                    "data": { "contentMediaType": "application/json", "contentSchema": { "$ref": "#/components/schemas/Thing" } } } },
                  { "properties": { "event": { "enum": [ "quiet" ] } } } ] },
              "Problem": { "type": "object", "properties": { "title": { "type": "string" } } }
            },
            "responses": { "Problem": { "headers": { "Retry-After": {} },
              "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } } }
          }
        }
        """;

    [Theory]
    [InlineData("GET", "things/1", 200, """{ "name": "a" }""", "Link", "application/json")]
    [InlineData("GET", "things/1", 200, """{ "name": "a", "size": 1.5, "id": "01936b5e-5f67-7c9c-9d5e-0a1b2c3d4e5f" }""", "Vary", "application/json")]
    [InlineData("HEAD", "things/1", 200, "", "Link", "application/json")]
    [InlineData("GET", "things/1", 204, "", "Date", "")]
    [InlineData("GET", "things/newest", 200, "[1, 2]", "Date", "application/json")]
    [InlineData("GET", "things/1", 404, """{ "title": "none" }""", "Retry-After", "application/problem+json")]
    [InlineData("GET", "things/1", 500, """{ "title": "failed" }""", "Date", "application/problem+json")]
    [InlineData("DELETE", "things/1", 405, "", "Allow", "")]
    [InlineData("GET", "nothing", 404, "", "Date", "")]
    [InlineData("GET", "pages", 200, """{ "items": [null, { "name": "a", "colour": "red" }] }""", "Date", "application/json")]
    [InlineData("GET", "tagged", 200, "", "ETag", "")]
    [InlineData("GET", "word", 200, "yes", "Date", "text/plain")]
    [InlineData("GET", "lines", 200, "{ \"name\": \"a\" }\r\n\n{ \"name\": \"b\", \"size\": 2 }", "Date", "application/x-ndjson")]
    [InlineData("GET", "lines", 206, "me\": \"a\" }\n{ \"na", "Date", "application/x-ndjson")]
    [InlineData("GET", "events", 200, "event: made\nid: 1\ndata: { \"name\":\ndata: \"a\" }\n\n:\nevent: quiet\ndata: 1\n\nevent: ma", "Date",
        "text/event-stream")]
    public async Task DocumentedAnswerPasses(string method, string path, int status, string body, string header, string mediaType) =>
        (await Sent(method, path, status, body, header, mediaType)).ShouldBe((HttpStatusCode)status);

    [Theory]
    [InlineData("GET", "things/1", 200, """{ "name": "a", "colour": 1 }""", "Link", "application/json", "/colour")]
    [InlineData("GET", "things/1", 200, """{ "size": 1 }""", "Link", "application/json", "name")]
    [InlineData("GET", "things/1", 200, """{ "name": null }""", "Link", "application/json", "/name")]
    [InlineData("GET", "things/1", 200, """{ "name": "a", "id": "x" }""", "Link", "application/json", "/id")]
    [InlineData("GET", "things/1", 200, """{ "name": "a" }""", "X-New", "application/json", "undocumented header X-New")]
    [InlineData("GET", "things/1", 200, """{ "name": "a" }""", "Link", "application/ld+json", "undocumented Content-Type application/ld+json")]
    [InlineData("HEAD", "things/1", 200, "", "X-New", "application/json", "undocumented header X-New")]
    [InlineData("GET", "things/1", 201, """{ "name": "a" }""", "Link", "application/json", "status is not documented")]
    [InlineData("GET", "things/newest", 404, "", "Date", "", "status is not documented")]
    [InlineData("GET", "things/1", 409, """{ "title": "only by default" }""", "Date", "application/problem+json", "status is not documented")]
    [InlineData("GET", "things/1", 404, "", "Date", "", "no body where one is documented")]
    [InlineData("GET", "things/newest", 200, "[null]", "Date", "application/json", "/0")]
    [InlineData("GET", "things/1", 404, """{ "title": "none", "trace": "at" }""", "Date", "application/problem+json", "/trace")]
    [InlineData("GET", "nothing", 200, "", "Date", "", "no such operation")]
    [InlineData("GET", "pages", 200, """{ "items": [{ "name": "a", "shape": "round" }] }""", "Date", "application/json", "/items/0")]
    [InlineData("GET", "tagged", 200, "", "Link", "", "there is no header ETag")]
    [InlineData("HEAD", "tagged", 200, "", "Link", "", "there is no header ETag")]
    [InlineData("GET", "word", 200, "no", "Date", "text/plain", "the body is not as its schema says")]
    [InlineData("GET", "lines", 200, "{ \"name\": \"a\" }\n{ \"name\": null }\n", "Date", "application/x-ndjson", "part 2 is not as its schema says")]
    [InlineData("GET", "lines", 200, "{ \"name\": \"a\" }\n\n{ \"size\": 1 }", "Date", "application/x-ndjson", "part 2 is not as its schema says")]
    [InlineData("GET", "events", 200, "event: made\nid: 1\ndata: { \"name\": 1 }\n\n", "Date", "text/event-stream", "/data/name")]
    [InlineData("GET", "events", 200, "event: made\nid: 1\ndata: { \"name\": \"a\", \"new\": 1 }\n\n", "Date", "text/event-stream", "/data/new")]
    [InlineData("GET", "events", 200, "event: quiet\ndata: 1\n\nevent: made\ndata: { \"name\": \"a\" }\n\n", "Date", "text/event-stream", "part 2")]
    [InlineData("GET", "events", 200, "event: other\nid: 1\ndata: 1\n\n", "Date", "text/event-stream", "/event")]
    [InlineData("GET", "events", 200, "event: quiet\ndata: 1\nnew: 1\n\n", "Date", "text/event-stream", "/new")]
    public async Task UndocumentedAnswerFails(string method, string path, int status, string body, string header, string mediaType, string named)
    {
        var fault = await Should.ThrowAsync<ContractException>(() => Sent(method, path, status, body, header, mediaType));

        fault.Message.ShouldContain(named);
        fault.Message.ShouldStartWith($"{method} /api/v1/{path} {status}: ");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task CompressedBodyIsChecked(string coding)
    {
        await Sent("GET", "things/1", 200, """{ "name": "a" }""", "Date", "application/json", coding);
        var fault = await Should.ThrowAsync<ContractException>(() => Sent("GET", "things/1", 200, """{ "name": null }""", "Date", "application/json", coding));

        fault.Message.ShouldContain("/name");
    }

    /// <summary>Larger than the limit of a complete check: with an error in the first, the last or an item between.</summary>
    [Theory]
    [InlineData("things/newest", "application/json", 3, "/3")]
    [InlineData("things/newest", "application/json", 2018, "/1")]
    [InlineData("things/newest", "application/json", 2_999_999, "/")]
    [InlineData("lines", "application/x-ndjson", 3, "part 4")]
    [InlineData("lines", "application/x-ndjson", 2019, "part 2020")]
    [InlineData("lines", "application/x-ndjson", 199_999, "part 200000")]
    public async Task SampleOfALargeBodyIsChecked(string path, string mediaType, int wrong, string named)
    {
        var isLines = mediaType == "application/x-ndjson";
        string Body(int at) => isLines
            ? string.Join('\n', Enumerable.Range(0, 200_000).Select(i => i == at ? "{}" : """{ "name": "a" }"""))
            : $"[{string.Join(',', Enumerable.Range(0, 3_000_000).Select(i => i == at ? "\"\"" : "1"))}]";

        await Sent("GET", path, 200, Body(at: -1), "Date", mediaType);
        var fault = await Should.ThrowAsync<ContractException>(() => Sent("GET", path, 200, Body(wrong), "Date", mediaType));

        fault.Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task CompressedLinesAreChecked(string coding)
    {
        await Sent("GET", "lines", 200, """{ "name": "a" }""", "Date", "application/x-ndjson", coding);
        await Should.ThrowAsync<ContractException>(() => Sent("GET", "lines", 200, """{ "name": 1 }""", "Date", "application/x-ndjson", coding));
    }

    /// <summary>The test gets an event before the next one is written, and an invalid event fails when it is read.</summary>
    [Fact]
    public async Task EventsAreCheckedWhileTheyAreRead()
    {
        var pipe = new Pipe();
        using var answers = new Answers(200, "", "Date", "text/event-stream", coding: null, pipe.Reader.AsStream());
        using var client = new HttpClient(new ContractCheck(new OpenApiContract(JsonNode.Parse(Document)!.AsObject())) { InnerHandler = answers });
        var (cancellation, buffer) = (TestContext.Current.CancellationToken, new byte[100]);

        using var response = await client.GetAsync(new Uri("http://service/api/v1/events"), HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await pipe.Writer.WriteAsync("event: quiet\ndata: 1\n\n"u8.ToArray(), cancellation);
        (await stream.ReadAsync(buffer, cancellation)).ShouldBe(22);
        await pipe.Writer.WriteAsync("event: new\ndata: 1\n\n"u8.ToArray(), cancellation);

        await Should.ThrowAsync<ContractException>(async () => (await stream.ReadAsync(buffer, cancellation)).ShouldBe(20));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{ \"name\": \"a\" }", null)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", null)]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{ \"name\": 1 }", "/name")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{ \"name\":\r\n4\r\n 1 }\r\n0\r\n\r\n", "/name")]
    [InlineData("HTTP/1.1 204 No Content\r\nX-New: x\r\n\r\n", "undocumented header X-New")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 409 Conflict\r\nDate: x\r\n\r\n", "status is not documented")]
    public void AnswersOfARawConnectionAreChecked(string received, string? named)
    {
        var answer = RawAnswer.Of("GET /api/v1/./things/1?any=1 HTTP/1.1\r\nHost: a\r\n\r\n"u8, Encoding.UTF8.GetBytes(received)).ShouldNotBeNull();

        var fault = new OpenApiContract(JsonNode.Parse(Document)!.AsObject()).Fault(answer);

        if (named is null)
            fault.ShouldBeNull();
        else
            fault.ShouldNotBeNull().ShouldContain(named);
    }

    /// <summary>A typed client can send rows that it has read from a data set to predict.</summary>
    [Fact]
    public void RowsOfADataSetAndRowsToPredictHaveOneSchema()
    {
        var schemas = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs/openapi/v1.json")))!["components"]!["schemas"]!;

        foreach (var type in new[] { "DatasetRows", "PredictWithModelRequest" })
            schemas[type]!["properties"]!["rows"]!["items"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/Row");
    }

    private static async Task<HttpStatusCode> Sent(string method, string path, int status, string body, string header, string mediaType, string? coding = null)
    {
        var contract = new OpenApiContract(JsonNode.Parse(Document)!.AsObject());
        using var answers = new Answers(status, body, header, mediaType, coding);
        using var client = new HttpClient(new ContractCheck(contract) { InnerHandler = answers });
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri($"http://service/api/v1/{path}?any=1"));
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>A service with a fixed answer.</summary>
    private sealed class Answers(int status, string body, string header, string mediaType, string? coding, Stream? stream = null) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpContent content = stream is null ? new ByteArrayContent(Packed(Encoding.UTF8.GetBytes(body), coding)) : new StreamContent(stream);
            if (coding is not null)
                content.Headers.ContentEncoding.Add(coding);
            if (mediaType.Length > 0)
                content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content };
            if (!response.Headers.TryAddWithoutValidation(header, "x"))
                content.Headers.TryAddWithoutValidation(header, "x");
            return Task.FromResult(response);
        }

        private static byte[] Packed(byte[] body, string? coding)
        {
            using var packed = new MemoryStream();
            using (Stream plain = coding switch
            {
                "gzip" => new GZipStream(packed, CompressionMode.Compress),
                "br" => new BrotliStream(packed, CompressionMode.Compress),
                _ => packed,
            })
            {
                plain.Write(body);
            }

            return packed.ToArray();
        }
    }
}
