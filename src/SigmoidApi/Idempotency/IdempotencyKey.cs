using System.Collections.Concurrent;
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
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SigmoidApi.Idempotency;

/// <summary>
/// The <c>Idempotency-Key</c> of a request that creates something (draft-ietf-httpapi-idempotency-key-header-07), as a parameter of its handler, which
/// asks for an earlier answer first (<see cref="EarlierAsync"/>), and in its transaction has its own kept (<see cref="TryKeepAsync"/>).
/// The answer is one row of the transaction that creates the thing, under a unique key: there is no state in between that a kill could leave, and of copies that race,
/// on whatever replicas, one commits and the others find its answer. Failures are not kept: they create nothing, and may be tried again.
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

    /// <summary>OpenAPI shows the header, and the answer to a key that came with something else before.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new IdempotencyParameter());
        builder.Metadata.Add(new DigestOfBody(Header));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status422UnprocessableEntity, typeof(ProblemDetails), ["application/problem+json"]));
    }

    /// <summary>
    /// The answer that the key got before; null where it is new, or there is none. From here to the end of this request its copies in this process wait, so that not all of
    /// them do the work of one.
    /// </summary>
    /// <param name="content">What the request carries, besides its path, query and media type: digests and names.</param>
    public async Task<EarlierAnswer?> EarlierAsync(params string?[] content)
    {
        if (_key is null)
            return null;
        var request = _context.Request;
        // The boundary of a form is another one each time that it is sent.
        var mediaType = request.HasFormContentType ? "multipart/form-data" : request.ContentType;
        _fingerprint = Hash([request.QueryString.Value, mediaType, request.Headers.ContentEncoding, .. content]);
        _turn = await _context.RequestServices.GetRequiredService<IdempotencyTurns>().WaitAsync(_key, _context.RequestAborted);
        return await FindAsync(_context.RequestAborted);
    }

    /// <summary>Keeps the answer, within the transaction that creates the thing. Returns false where a copy came first, which has committed by now: the thing is not to be created.</summary>
    public async Task<bool> TryKeepAsync<T>(int status, string location, T body, string? retryAfter = null) =>
        _key is null || await _db.TryAddAsync(Row(status, location, body, retryAfter), CancellationToken.None);

    /// <summary>The answer of the copy that came first.</summary>
    public async Task<EarlierAnswer> WinnerAsync() =>
        await FindAsync(CancellationToken.None) ?? throw new InvalidOperationException("The answer that stood in the way is gone.");

    /// <summary>Replaces an answer that was kept by a later one to the same request.</summary>
    public async Task RenewAsync<T>(int status, string location, T body, string? retryAfter = null)
    {
        if (_key is null)
            return;
        var row = Row(status, location, body, retryAfter);
        await using var transaction = await _db.BeginAsync(CancellationToken.None);
        await _db.IdempotentAnswers.Where(a => a.Key == _key).ExecuteUpdateAsync(
            set => set.SetProperty(a => a.Status, row.Status).SetProperty(a => a.Headers, row.Headers).SetProperty(a => a.Body, row.Body), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Ends the wait of the copies.</summary>
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
        // No sweep has come by since it expired; only this very row goes, not one that a copy has put there meanwhile.
        await using var transaction = await _db.BeginAsync(cancellationToken);
        await _db.IdempotentAnswers.Where(a => a.Key == _key && a.CreatedAt == row.CreatedAt).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private IdempotentAnswer Row<T>(int status, string location, T body, string? retryAfter)
    {
        // Without the prefix: a copy may come by another way, such as around the proxy.
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

    /// <summary>Reads a key as the draft has it, a string of RFC 8941 (section 3.3.3), or as everybody sends it, bare.</summary>
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

    /// <summary>SHA-256, in lower-case hexadecimal, of texts that may be missing; no two lists of them read the same.</summary>
    private static string Hash(params IEnumerable<string?> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => part is null ? "-" : $"{part.Length}:{part}")))));
}

/// <summary>What stands in OpenAPI for the <c>Idempotency-Key</c> of a route.</summary>
internal sealed record IdempotencyParameter;

/// <summary>The answer that a key has got, given again; or a 422 to another request under the same key.</summary>
internal sealed class EarlierAnswer(IdempotentAnswer answer, bool isSameRequest) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!isSameRequest)
        {
            await Problems.Field(StatusCodes.Status422UnprocessableEntity, IdempotencyKey.Header, "expected a new key for a new request; this one came before, with another body or query").ExecuteAsync(httpContext);
            return;
        }

        var response = httpContext.Response;
        response.StatusCode = answer.Status;
        response.Headers["Idempotent-Replayed"] = "true";
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = name == "Location" ? httpContext.Request.PathBase.ToUriComponent() + value : value;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
    }
}

internal static class IdempotencySetup
{
    public static void AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<IdempotencyOptions>().BindConfiguration(IdempotencyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IdempotencyTurns>();
    }
}

/// <summary>Who works under which key in this process.</summary>
internal sealed class IdempotencyTurns
{
    private readonly ConcurrentDictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <summary>Waits until nobody else works under a key; it is the caller's until what is returned is disposed.</summary>
    public async Task<IDisposable> WaitAsync(string key, CancellationToken cancellationToken)
    {
        var mine = new Turn(key, _turns);
        while (_turns.GetOrAdd(key, mine) is var holder && holder != mine)
            await holder.Ended.WaitAsync(cancellationToken);
        return mine;
    }

    private sealed class Turn(string key, ConcurrentDictionary<string, Turn> turns) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            if (turns.TryRemove(KeyValuePair.Create(key, this)))
                _ended.SetResult();
        }
    }
}
