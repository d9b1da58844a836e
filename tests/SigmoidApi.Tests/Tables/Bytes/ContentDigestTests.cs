using System.Security.Cryptography;
using System.Text;
using SigmoidApi.Tables.Bytes;

namespace SigmoidApi.Tests.Tables.Bytes;

public sealed class ContentDigestTests
{
    // The digests of the example in RFC 9530, appendix D.
    private const string Example = "{\"hello\": \"world\"}\n";
    private const string Sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    private const string Sha512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

    [Theory]
    [InlineData(Sha256)]
    [InlineData(Sha512)]
    [InlineData($"{Sha256}, {Sha512}")]
    [InlineData($"  {Sha256}\t,\t{Sha512} ")]
    [InlineData($"md5=:AAAA:, {Sha256}, *x-1.y=::")]
    [InlineData($"sha-256=:AAAA:, {Sha256}")]
    [InlineData($"{Sha256};q=1; note")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:")]
    public async Task BodyMatchesItsDigest(string header)
    {
        foreach (var atATime in new[] { 1, 7, 1_000 })
            (await Matches(header, Example, atATime)).ShouldBe(true);
        (await Matches(header, Example[..^1])).ShouldBe(false);
        (await Matches(header, Example + " ")).ShouldBe(false);
        (await Matches(header, "")).ShouldBe(false);
    }

    [Fact]
    public async Task EveryKnownDigestMustMatch()
    {
        var other = $"sha-256=:{Convert.ToBase64String(SHA256.HashData("x"u8))}:";

        (await Matches($"{other}, {Sha512}", Example)).ShouldBe(false);
        (await Matches($"{other}, {Sha256}", Example)).ShouldBe(true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("md5=:AAAA:")]
    [InlineData("crc32c=:AAAA:, sha=:AA==:")]
    public void WithoutAKnownAlgorithmNothingIsChecked(string header)
    {
        ContentDigest.Parse(header, out var digest).ShouldBeNull();
        digest.ShouldBeNull();
    }

    [Theory]
    [InlineData("sha-256", "expected algorithm=:base64:, as in RFC 9530")]
    [InlineData("=:AAAA:", "expected algorithm=:base64:, as in RFC 9530")]
    [InlineData("SHA-256=:AAAA:", "expected algorithm=:base64:, as in RFC 9530")]
    [InlineData("1a=:AAAA:", "expected algorithm=:base64:, as in RFC 9530")]
    [InlineData("sha-256 =:AAAA:", "expected algorithm=:base64:, as in RFC 9530")]
    [InlineData("sha-256=", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("sha-256=:", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("sha-256=:AAAA", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("sha-256=AAAA", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("sha-256=:A A:", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("sha-256=:A:", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("sha-256=:A=AA:", "expected the digest of sha-256 in base64 between colons")]
    [InlineData("md5=:é:", "expected the digest of md5 in base64 between colons")]
    [InlineData("md5=\"AAAA\"", "expected the digest of md5 in base64 between colons")]
    [InlineData("md5=:AAAA:,", "expected a comma and another algorithm, or nothing, after the digest of md5")]
    [InlineData("md5=:AAAA: sha=:AAAA:", "expected a comma and another algorithm, or nothing, after the digest of md5")]
    [InlineData("md5=:AAAA:, ,", "expected algorithm=:base64:, as in RFC 9530")]
    [InlineData("sha-256=:AAAA:", "expected 32 bytes for sha-256, got 3")]
    [InlineData("sha-256=::", "expected 32 bytes for sha-256, got 0")]
    [InlineData("sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", "expected 64 bytes for sha-512, got 32")]
    public void MalformedHeaderIsRefused(string header, string reason)
    {
        ContentDigest.Parse(header, out var digest).ShouldBe(reason);
        digest.ShouldBeNull();
    }

    [Fact]
    public void MutatedHeadersAreReadOrRefused()
    {
        const string Characters = "sha-256=:;, \t\"AB\u00FF";
        var random = new Random(6);
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var header = new StringBuilder($"{Sha256}, md5=:AAAA:;a=1");
            for (var j = random.Next(1, 4); j > 0; j--)
                header[random.Next(header.Length)] = Characters[random.Next(Characters.Length)];
            refused += ContentDigest.Parse(header.ToString()[..random.Next(header.Length)], out _) is null ? 0 : 1;
        }

        refused.ShouldBeInRange(5_000, 9_999);
    }

    [Fact]
    public async Task UnreadRestOfTheBodyCounts()
    {
        ContentDigest.Parse(Sha256, out var digest).ShouldBeNull();
        await using var body = new DigestStream(new SlowStream(Encoding.UTF8.GetBytes(Example), 5), digest!);

        (await body.ReadAsync(new byte[5], TestContext.Current.CancellationToken)).ShouldBe(5);

        (await body.MatchesAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    private static async Task<bool> Matches(string header, string body, int atATime = 1_000)
    {
        ContentDigest.Parse(header, out var digest).ShouldBeNull();
        await using var stream = new DigestStream(new SlowStream(Encoding.UTF8.GetBytes(body), atATime), digest!);
        (await SlowStream.ReadAll(stream, 64)).ShouldBe(Encoding.UTF8.GetBytes(body));
        return await stream.MatchesAsync(TestContext.Current.CancellationToken);
    }
}
