using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SigmoidApi.Tests.Contract;

/// <summary>The check of all answers fails where an answer is not as the document says.</summary>
public sealed class ContractTests
{
    private const string Document = """
        {
          "paths": {
            "/api/v1/things/{id}": {
              "get": { "responses": {
                "200": { "headers": { "Link": {} }, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
                "204": {},
                "404": { "$ref": "#/components/responses/Problem" },
                "default": { "$ref": "#/components/responses/Problem" }
              } }
            },
            "/api/v1/things/newest": { "get": { "responses": { "200": {
              "content": { "application/json": { "schema": { "type": "array", "items": { "type": "integer" } } } } } } } },
            "/api/v1/pages": { "get": { "responses": { "200": { "content": { "application/json": { "schema": { "type": "object", "properties": {
              "items": { "type": "array", "items": { "oneOf": [ { "type": "null" }, { "$ref": "#/components/schemas/Special" } ] } } } } } } } } } }
          },
          "components": {
            "schemas": {
              "Thing": { "type": "object", "required": [ "name" ], "properties": {
                "name": { "type": "string" }, "size": { "type": "number" }, "id": { "type": "string", "format": "uuid" } } },
              "Special": { "allOf": [ { "$ref": "#/components/schemas/Thing" } ], "properties": { "colour": { "type": "string" } } },
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
    public async Task AnAnswerThatIsDocumentedPasses(string method, string path, int status, string body, string header, string mediaType) =>
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
    public async Task AnAnswerThatIsNotDocumentedFails(string method, string path, int status, string body, string header, string mediaType, string named)
    {
        var fault = await Should.ThrowAsync<ContractException>(() => Sent(method, path, status, body, header, mediaType));

        fault.Message.ShouldContain(named);
        fault.Message.ShouldStartWith($"{method} /api/v1/{path} {status}: ");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ABodyThatIsPackedIsReadToo(string coding)
    {
        await Sent("GET", "things/1", 200, """{ "name": "a" }""", "Date", "application/json", coding);
        var fault = await Should.ThrowAsync<ContractException>(() => Sent("GET", "things/1", 200, """{ "name": null }""", "Date", "application/json", coding));

        fault.Message.ShouldContain("/name");
    }

    /// <summary>What a typed client reads of a data set it can send to predict.</summary>
    [Fact]
    public void RowsOfADataSetAndRowsToPredictAreOneSchema()
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

    /// <summary>A service that always answers the same.</summary>
    private sealed class Answers(int status, string body, string header, string mediaType, string? coding) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new ByteArrayContent(Packed(Encoding.UTF8.GetBytes(body), coding));
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
