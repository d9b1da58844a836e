using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests;

/// <summary>A client of the service. Paths without a leading slash are relative to <c>/api/v1/</c>.</summary>
public sealed class ApiClient(HttpClient http)
{
    /// <summary>Long enough for a busy machine; a test that waits this long has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string WaitForEnd = "wait=60";

    public HttpClient Http => http;

    public Task<ApiResponse> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, content: null, headers);

    public Task<ApiResponse> Delete(string path) => Send(HttpMethod.Delete, path);

    public Task<ApiResponse> Post(string path, [StringSyntax(StringSyntaxAttribute.Json)] string json, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, Json(json), headers);

    public Task<ApiResponse> Post(string path, object body, params (string Name, string Value)[] headers) =>
        Post(path, JsonSerializer.Serialize(body, JsonSerializerOptions.Web), headers);

    public Task<ApiResponse> PostBytes(string path, byte[] body, string mediaType) => Send(HttpMethod.Post, path, Bytes(body, mediaType));

    /// <summary>Uploads a file, which must succeed, and returns the data set.</summary>
    public async Task<JsonElement> Upload(string query, byte[] file, string mediaType = "text/csv") =>
        (await PostBytes($"datasets?{query}", file, mediaType)).Expect(HttpStatusCode.Created).Json;

    public Task<JsonElement> Upload(string query, string csv) => Upload(query, Encoding.UTF8.GetBytes(csv));

    public async Task<ApiResponse> Send(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var base_ = path.StartsWith('/') ? path : "/api/v1/" + path;
        using var request = new HttpRequestMessage(method, new Uri(base_, UriKind.Relative)) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return new ApiResponse(response, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Accepts a job without waiting for it, and returns its id.</summary>
    public async Task<string> Enqueue([StringSyntax(StringSyntaxAttribute.Json)] string request) =>
        (await Post("training-jobs", request)).Expect(HttpStatusCode.Accepted).Json.GetProperty("id").GetString()!;

    /// <summary>Trains, waits for the end, and returns the job, which must have succeeded.</summary>
    public async Task<JsonElement> Train([StringSyntax(StringSyntaxAttribute.Json)] string request)
    {
        var job = (await Post("training-jobs", request, ("Prefer", WaitForEnd))).Expect(HttpStatusCode.Created).Json;
        job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
        return job;
    }

    /// <summary>Trains, and returns the resulting version of the model with its covariance.</summary>
    public async Task<JsonElement> TrainModel(object request)
    {
        var model = (await Train(JsonSerializer.Serialize(request, JsonSerializerOptions.Web))).GetProperty("model");
        return (await Get($"models/{model.GetProperty("name").GetString()}/versions/{model.GetProperty("version").GetInt32()}?include=covariance"))
            .Expect(HttpStatusCode.OK).Json;
    }

    public async Task<JsonElement> Job(string id) => (await Get($"training-jobs/{id}")).Expect(HttpStatusCode.OK).Json;

    /// <summary>Waits until the job has ended.</summary>
    public async Task<JsonElement> Ended(string id)
    {
        var job = (await Get($"training-jobs/{id}", ("Prefer", WaitForEnd))).Expect(HttpStatusCode.OK).Json;
        job.GetProperty("finishedAt").ValueKind.ShouldBe(JsonValueKind.String, job.ToString());
        return job;
    }

    /// <summary>Waits until the job is being fitted and has made an iteration.</summary>
    public Task<JsonElement> Running(string id) => Eventually.Get(
        () => Job(id), job => job.GetProperty("status").GetString() == "running" && job.GetProperty("progress").ValueKind == JsonValueKind.Object);

    public static HttpContent Json(string json) => Bytes(Encoding.UTF8.GetBytes(json), "application/json");

    public static HttpContent Bytes(byte[] body, string? mediaType) =>
        new ByteArrayContent(body) { Headers = { ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType) } };
}
