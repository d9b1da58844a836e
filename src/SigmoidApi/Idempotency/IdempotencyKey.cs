using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SigmoidApi.Idempotency;

/// <summary>
/// The <c>Idempotency-Key</c> of a request that creates something (draft-ietf-httpapi-idempotency-key-header-07), as a parameter of its handler.
/// The handler first asks for an earlier answer (<see cref="EarlierAsync"/>) and stores its own answer in its transaction (<see cref="TryKeepAsync"/>).
/// The answer is one row, under a unique key, of the transaction that creates the resource. So a killed process leaves no state in between, and when copies
/// of a request race on several replicas, one commits and the others find its answer. Failures are not stored: they create nothing and may be tried again.
/// </summary>
internal sealed class IdempotencyKey : IRequestInput, IEndpointParameterMetadataProvider, IDisposable
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    private readonly HttpContext _context;
    private readonly SigmoidDbContext _db;
    private readonly string? _key;
    private IDisposable? _turn;
    private string _fingerprint = "";

    private IdempotencyKey(HttpContext context)
    {
        _context = context;
        _db = context.RequestServices.GetRequiredService<SigmoidDbContext>();
        if (!IsUsed(context.Request))
            return;
        if (Parse(context.Request.Headers[Header]) is { } key)
            _key = Hash(context.Request.Method, context.Request.Path.Value, key);
        else
            Failure = InputFailure.BadRequest(Header, $"expected once, 1 to {MaxLength} visible ASCII characters, as they are or in double quotes");
        context.Response.RegisterForDispose(this);
    }

    public InputFailure? Failure { get; }

    /// <summary>Whether the request has a key.</summary>
    public static bool IsUsed(HttpRequest request) => request.Headers.ContainsKey(Header);

    /// <summary>Called by the framework for a parameter of this type.</summary>
    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(new IdempotencyKey(context));

    /// <summary>OpenAPI shows the header, and the problem of a key that an earlier, different request has used.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new IdempotencyParameter());
        builder.Metadata.Add(new DigestOfBody(Header));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status422UnprocessableEntity, typeof(ProblemDetails), [MediaTypes.Problem]));
    }

    /// <summary>
    /// The answer that the key got before; null where the key is new or the request has none. From here to the end of this request its copies in this
    /// process wait, so that the work is done once.
    /// </summary>
    /// <param name="content">The request's content besides its path, query and media type: digests and names.</param>
    public async Task<EarlierAnswer?> EarlierAsync(params string?[] content)
    {
        if (_key is null)
            return null;
        var request = _context.Request;
        // The boundary of a form changes each time the form is sent.
        var mediaType = request.HasFormContentType ? MediaTypes.Form : request.ContentType;
        _fingerprint = Hash([request.QueryString.Value, mediaType, request.Headers.ContentEncoding, .. content]);
        _turn = await _context.RequestServices.GetRequiredService<IdempotencyTurns>().WaitAsync(_key, _context.RequestAborted);
        return await FindAsync(_context.RequestAborted);
    }

    /// <summary>
    /// Stores the answer, within the transaction that creates the resource. Returns false where a copy of the request has already committed: then the resource
    /// must not be created.
    /// </summary>
    public async Task<bool> TryKeepAsync<T>(int status, string location, T body, string? retryAfter = null) =>
        _key is null || await _db.TryAddAsync(Row(status, location, body, retryAfter), CancellationToken.None);

    /// <summary>The answer of the copy that committed first.</summary>
    public async Task<EarlierAnswer> WinnerAsync() =>
        await FindAsync(CancellationToken.None) ?? throw new InvalidOperationException("The conflicting answer no longer exists.");

    /// <summary>Replaces the stored answer by a later one to the same request.</summary>
    public async Task RenewAsync<T>(int status, string location, T body, string? retryAfter = null)
    {
        if (_key is null)
            return;
        var row = Row(status, location, body, retryAfter);
        await using var transaction = await _db.BeginAsync(CancellationToken.None);
        await _db.IdempotentAnswers.Where(a => a.Key == _key).ExecuteUpdateAsync(
            set => set.SetProperty(a => a.Status, row.Status).SetProperty(a => a.Headers, row.Headers).SetProperty(a => a.Body, row.Body),
            CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Lets the copies that wait go on.</summary>
    public void Dispose() => _turn?.Dispose();

    private async Task<EarlierAnswer?> FindAsync(CancellationToken cancellationToken)
    {
        var hours = _context.RequestServices.GetRequiredService<IOptions<IdempotencyOptions>>().Value.ExpiryHours;
        var oldest = Now - TimeSpan.FromHours(hours);
        var row = await _db.IdempotentAnswers.AsNoTracking().FirstOrDefaultAsync(a => a.Key == _key, cancellationToken);
        if (row is null)
            return null;
        if (row.CreatedAt > oldest)
            return new EarlierAnswer(row, row.Fingerprint == _fingerprint);
        // Expired, but not swept yet. Delete this row only, not one that a copy has inserted meanwhile.
        await using var transaction = await _db.BeginAsync(cancellationToken);
        await _db.IdempotentAnswers.Where(a => a.Key == _key && a.CreatedAt == row.CreatedAt).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private IdempotentAnswer Row<T>(int status, string location, T body, string? retryAfter)
    {
        // Without the path prefix: a copy of the request may come by another route, for example past the proxy.
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Location"] = location[_context.Request.PathBase.ToUriComponent().Length..] };
        if (retryAfter is not null)
            headers["Retry-After"] = retryAfter;
        if (_context.Response.Headers["Preference-Applied"] is [{ } preference])
            headers["Preference-Applied"] = preference;
        return new IdempotentAnswer
        {
            Key = _key!,
            Fingerprint = _fingerprint,
            Status = status,
            Headers = headers,
            Body = JsonSerializer.SerializeToUtf8Bytes(body, _context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions),
            CreatedAt = Now,
        };
    }

    private DateTimeOffset Now => _context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    /// <summary>Reads a key as the draft defines it, a string of RFC 8941 (section 3.3.3), or without quotes, as most clients send it.</summary>
    private static string? Parse(IReadOnlyList<string?> values)
    {
        if (values is not [{ } text])
            return null;
        if (text.StartsWith('"'))
        {
            if (text.Length < 2 || !text.EndsWith('"'))
                return null;
            var unquoted = new StringBuilder();
            for (var i = 1; i < text.Length - 1; i++)
            {
                if (text[i] == '"' || (text[i] == '\\' && (++i == text.Length - 1 || text[i] is not ('"' or '\\'))))
                    return null;
                unquoted.Append(text[i]);
            }

            text = unquoted.ToString();
        }

        return text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : null;
    }

    /// <summary>SHA-256, in lower-case hexadecimal, of texts that may be null. Lengths are hashed too, so that different lists give different inputs.</summary>
    private static string Hash(params IEnumerable<string?> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => part is null ? "-" : $"{part.Length}:{part}")))));
}
