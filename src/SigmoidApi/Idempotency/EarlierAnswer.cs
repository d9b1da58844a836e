using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Idempotency;

/// <summary>Repeats the answer that a key got before, or answers 422 where a different request used the key.</summary>
internal sealed class EarlierAnswer(IdempotentAnswer answer, bool isSameRequest) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!isSameRequest)
        {
            await Problems.Field(
                StatusCodes.Status422UnprocessableEntity, IdempotencyKey.Header,
                "expected a new key for a new request; this one came before, with another body or query").ExecuteAsync(httpContext);
            return;
        }

        var response = httpContext.Response;
        response.StatusCode = answer.Status;
        response.Headers["Idempotent-Replayed"] = "true";
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = name == "Location" ? httpContext.Request.PathBase.ToUriComponent() + value : value;
        response.ContentType = $"{MediaTypes.Json}; charset=utf-8";
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
    }
}
