using System.Net;
using Microsoft.Extensions.Time.Testing;
using SigmoidApi.Idempotency;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Idempotency;

public sealed class SqliteIdempotencyTests(SqliteApplication store) : IdempotencyTests(store), IClassFixture<SqliteApplication>;

[Trait("Speed", "Slow")]
public sealed class PostgresIdempotencyTests(PostgresApplication store) : IdempotencyTests(store), IClassFixture<PostgresApplication>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RacingCopiesOnTwoReplicasCreateOneResource(bool isUpload)
    {
        await using var one = await Store.Another();
        await using var two = new TestApplication();
        foreach (var (name, value) in one.Settings)
            two.Settings[name] = value;
        two.Settings["Storage:Directory"] = one.StorageDirectory;
        // Started before the race, one after the other.
        (await one.Api.Get("datasets")).Expect(HttpStatusCode.OK);
        (await two.Api.Get("datasets")).Expect(HttpStatusCode.OK);

        // The processes don't share their turns, so at each of several attempts some requests reach the unique key.
        for (var i = 0; i < 10; i++)
        {
            var key = $"race-{i}";
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(copy => Send((copy % 2 == 0 ? one : two).Api, isUpload, key)));
            answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
            answers.Count(answer => answer.Headers.Contains(Replayed)).ShouldBe(9);
        }

        (await one.Api.Get(isUpload ? "datasets" : "training-jobs")).Json.GetProperty("items").GetArrayLength().ShouldBe(10);
        one.Files("datasets").Length.ShouldBe(isUpload ? 10 : 0);
        one.Files("uploads").ShouldBeEmpty();
    }
}

/// <summary><c>Idempotency-Key</c>, on each kind of store.</summary>
public abstract class IdempotencyTests(StoreApplication store)
{
    protected const string Replayed = "Idempotent-Replayed";
    private const string Csv = "x,y\n1,0\n2,1\n3,0\n4,1\n";
    private readonly ApiClient _api = store.Api;

    protected StoreApplication Store => store;

    [Fact]
    public async Task SameJobUnderTheSameKeyGetsTheFirstAnswerByteForByte()
    {
        var first = (await Job(_api, "job")).Expect(HttpStatusCode.Accepted);
        await _api.Ended(first.Json.GetProperty("id").GetString()!);

        var again = (await Job(_api, "job")).Expect(HttpStatusCode.Accepted);

        again.Content.ShouldBe(first.Content);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        again.Headers.RetryAfter.ShouldBe(first.Headers.RetryAfter);
        again.ContentHeaders.ContentType.ShouldBe(first.ContentHeaders.ContentType);
        again.Headers.GetValues(Replayed).ShouldBe(["true"]);
        first.Headers.Contains(Replayed).ShouldBeFalse();
    }

    [Fact]
    public async Task RepeatedRequestGetsTheEndedJobAfterAWait()
    {
        var first = (await _api.Post("training-jobs", LongFit.Quick, (IdempotencyKey.Header, "waited"), ("Prefer", "wait=60"))).Expect(HttpStatusCode.Created);

        var again = (await Job(_api, "waited")).Expect(HttpStatusCode.Created);

        again.Content.ShouldBe(first.Content);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        again.Headers.GetValues("Preference-Applied").ShouldBe(["wait=60"]);
        again.Headers.RetryAfter.ShouldBeNull();
    }

    [Fact]
    public async Task RepeatedRequestGetsTheJobAsFirstAnsweredWithoutAnEnd()
    {
        var first = (await _api.Post("training-jobs", LongFit.Request(), (IdempotencyKey.Header, "short"), ("Prefer", "wait=0")))
            .Expect(HttpStatusCode.Accepted);

        var again = (await _api.Post("training-jobs", LongFit.Request(), (IdempotencyKey.Header, "short"))).Expect(HttpStatusCode.Accepted);

        again.Content.ShouldBe(first.Content);
        again.Headers.RetryAfter.ShouldBe(first.Headers.RetryAfter);
        again.Headers.GetValues("Preference-Applied").ShouldBe(["wait=0"]);
        var id = first.Json.GetProperty("id").GetString()!;
        (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await _api.Ended(id);
    }

    [Fact]
    public async Task SameUploadIsOneDataSetEvenWithAnotherFormBoundary()
    {
        await using var application = await store.Another();
        var first = (await Upload(application.Api, "upload")).Expect(HttpStatusCode.Created);
        var form = (await Form("one")).Expect(HttpStatusCode.Created);

        (await Upload(application.Api, "upload")).Content.ShouldBe(first.Content);
        (await Form("two")).Content.ShouldBe(form.Content);

        (await application.Api.Get("datasets")).Json.GetProperty("items").GetArrayLength().ShouldBe(2);

        Task<ApiResponse> Form(string boundary) => application.Api.Send(HttpMethod.Post, "datasets?name=form",
            new MultipartFormDataContent(boundary) { { ApiClient.Bytes(System.Text.Encoding.ASCII.GetBytes(Csv), "text/csv"), "file", "rows.csv" } },
            (IdempotencyKey.Header, "form"));
    }

    [Fact]
    public async Task AnotherCharsetOfTheFormPartIsAnotherRequest()
    {
        await using var application = await store.Another();
        (await Form("text/csv")).Expect(HttpStatusCode.Created);

        (await Form("text/csv; charset=utf8")).Expect(HttpStatusCode.Created);
        (await Form("text/csv; charset=cp949")).Problem(HttpStatusCode.UnprocessableEntity);

        Task<ApiResponse> Form(string mediaType) => application.Api.Send(HttpMethod.Post, "datasets?name=charset",
            new MultipartFormDataContent { { ApiClient.Bytes(System.Text.Encoding.ASCII.GetBytes(Csv), mediaType), "file", "rows.csv" } },
            (IdempotencyKey.Header, "charset"));
    }

    [Fact]
    public async Task SameSplitIsAnsweredAfterItsSourceIsDeleted()
    {
        await using var application = await store.Another();
        await application.Api.Upload("name=whole", Csv);
        var first = (await Split("""{ "test": 0.5 }""")).Expect(HttpStatusCode.Created);
        (await application.Api.Delete("datasets/whole")).Expect(HttpStatusCode.NoContent);

        var again = (await Split("""{ "test": 0.5 }""")).Expect(HttpStatusCode.Created);

        again.Content.ShouldBe(first.Content);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        application.Files("datasets").Length.ShouldBe(2);

        Task<ApiResponse> Split(string body) => application.Api.Post("datasets/whole/split", body, (IdempotencyKey.Header, "split"));
    }

    [Fact]
    public async Task KeyOfAnotherRequestIsRefused()
    {
        (await Job(_api, "taken")).Expect(HttpStatusCode.Accepted);
        (await Upload(_api, "taken-upload")).Expect(HttpStatusCode.Created);

        foreach (var refused in new[]
        {
            await _api.Post("training-jobs", LongFit.Quick + " ", (IdempotencyKey.Header, "taken")),
            await Upload(_api, "taken-upload", csv: Csv + "5,1\n"),
            await Upload(_api, "taken-upload", name: "another"),
        })
        {
            refused.Error(HttpStatusCode.UnprocessableEntity)
                .ShouldBe((IdempotencyKey.Header, "expected a new key for a new request; this one came before, with another body or query"));
            refused.Headers.Contains(Replayed).ShouldBeFalse();
        }

        (await _api.Get("datasets/another")).Problem(HttpStatusCode.NotFound);
        store.Application.Files("uploads").ShouldBeEmpty();
    }

    [Fact]
    public async Task KeyOnAnotherPathIsAnotherKey()
    {
        (await Upload(_api, "paths")).Expect(HttpStatusCode.Created);

        (await Job(_api, "paths")).Expect(HttpStatusCode.Accepted).Headers.Contains(Replayed).ShouldBeFalse();
        (await _api.Post("datasets/upload/split", """{ "test": 0.5 }""", (IdempotencyKey.Header, "paths")))
            .Expect(HttpStatusCode.Created).Headers.Contains(Replayed).ShouldBeFalse();
    }

    [Fact]
    public async Task KeyOfAFailureMayBeUsedAgain()
    {
        (await _api.Post("training-jobs", """{ "datasetId": "later", "target": "y" }""", (IdempotencyKey.Header, "failed"))).Problem(HttpStatusCode.NotFound);
        (await Upload(_api, "failed", name: "later", csv: "x,y\n1\n")).Problem(HttpStatusCode.BadRequest);

        (await Upload(_api, "failed", name: "later")).Expect(HttpStatusCode.Created).Headers.Contains(Replayed).ShouldBeFalse();
        (await _api.Post("training-jobs", """{ "datasetId": "later", "target": "y" }""", (IdempotencyKey.Header, "failed")))
            .Expect(HttpStatusCode.Accepted).Headers.Contains(Replayed).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HundredRacingCopiesCreateOneResource(bool isUpload)
    {
        await using var application = await store.Another();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Send(application.Api, isUpload, "race")));

        answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
        answers.Select(answer => answer.Status).Distinct().ShouldBe([isUpload ? HttpStatusCode.Created : HttpStatusCode.Accepted]);
        answers.Count(answer => answer.Headers.Contains(Replayed)).ShouldBe(99);
        var made = (await application.Api.Get(isUpload ? "datasets" : "training-jobs")).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        made.GetProperty("id").GetString().ShouldBe(answers[0].Json.GetProperty("id").GetString());
        application.Files("datasets").ShouldBe(isUpload ? [$"datasets/{made.GetProperty("id").GetString()}.parquet"] : []);
        await Eventually.True(() => application.Files("uploads").Length == 0);
    }

    [Fact]
    public async Task ExpiredKeyMayBeUsedAgain()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var application = await store.Another(("Idempotency:ExpiryHours", "2"));
        application.Time = time;
        var first = (await Upload(application.Api, "old")).Expect(HttpStatusCode.Created);

        time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        (await Upload(application.Api, "old")).Content.ShouldBe(first.Content);
        time.Advance(TimeSpan.FromSeconds(1));
        var anew = (await Upload(application.Api, "old", csv: "x\n1\n")).Expect(HttpStatusCode.Created);

        anew.Headers.Contains(Replayed).ShouldBeFalse();
        anew.Json.GetProperty("id").GetString().ShouldNotBe(first.Json.GetProperty("id").GetString());
        (await Upload(application.Api, "old", csv: "x\n1\n")).Content.ShouldBe(anew.Content);
    }

    [Theory]
    [InlineData("bare", "\"bare\"")]
    [InlineData("""a"\b""", """
        "a\"\\b"
        """)]
    [InlineData("a,b;c=~!", "\"a,b;c=~!\"")]
    public async Task QuotedKeyEqualsTheBareOne(string bare, string quoted)
    {
        var first = (await Job(_api, bare)).Expect(HttpStatusCode.Accepted);

        (await Job(_api, quoted)).Expect(HttpStatusCode.Accepted).Content.ShouldBe(first.Content);
    }

    [Fact]
    public async Task LongestKeyIsAccepted()
    {
        var key = new string('k', 255);
        var first = (await Job(_api, key)).Expect(HttpStatusCode.Accepted);

        (await Job(_api, $"\"{key}\"")).Content.ShouldBe(first.Content);
        (await Job(_api, key + "k")).Error().Path.ShouldBe(IdempotencyKey.Header);
    }

    [Theory]
    [InlineData("Idempotency-Key:")]
    [InlineData("Idempotency-Key: \"\"")]
    [InlineData("Idempotency-Key: \"open")]
    [InlineData("Idempotency-Key: \"")]
    [InlineData("Idempotency-Key: \"a\"b\"")]
    [InlineData("Idempotency-Key: \"a\\\"")]
    [InlineData("Idempotency-Key: \"a\\n\"")]
    [InlineData("Idempotency-Key: \"a\";b=c")]
    [InlineData("Idempotency-Key: two words")]
    [InlineData("Idempotency-Key: \"two words\"")]
    [InlineData("Idempotency-Key: tab\tbed")]
    [InlineData("Idempotency-Key: kl\u00c3\u00bcger")]
    [InlineData("Idempotency-Key: a\r\nIdempotency-Key: a")]
    public async Task InvalidKeyIsRefused(string header)
    {
        using var connection = await RawConnection.Open(_api.Http.BaseAddress!);
        await connection.Send(
            $"POST /api/v1/training-jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {LongFit.Quick.Length}\r\n\r\n{LongFit.Quick}");

        var answer = System.Text.Encoding.UTF8.GetString(await connection.ReadToEnd());

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("""{"Idempotency-Key":["expected once, 1 to 255 visible ASCII characters, as they are or in double quotes"]}""");
    }

    protected static Task<ApiResponse> Send(ApiClient api, bool isUpload, string key) => isUpload ? Upload(api, key) : Job(api, key);

    private static Task<ApiResponse> Job(ApiClient api, string key) => api.Post("training-jobs", LongFit.Quick, (IdempotencyKey.Header, key));

    private static Task<ApiResponse> Upload(ApiClient api, string key, string name = "upload", string csv = Csv) =>
        api.Send(HttpMethod.Post, $"datasets?name={name}", ApiClient.Bytes(System.Text.Encoding.ASCII.GetBytes(csv), "text/csv"), (IdempotencyKey.Header, key));
}
