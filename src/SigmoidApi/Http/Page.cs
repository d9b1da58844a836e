using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>The part of a list that the caller asks for, newest first: <c>?limit=50&amp;cursor=…</c>. The cursor is the id of the last item seen.</summary>
internal sealed class Page : IRequestInput, IEndpointParameterMetadataProvider
{
    public const int DefaultLimit = 50;

    public InputFailure? Failure { get; private init; }

    public int Limit { get; private init; } = DefaultLimit;

    public Guid? Cursor { get; private init; }

    /// <summary>Adds the parameters to the OpenAPI document, since the framework does not know them.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new PageParameters());
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(HttpValidationProblemDetails), [MediaTypes.Problem]));
    }

    /// <summary>Makes a page from its items and, where another page follows, one item more.</summary>
    public PageOf<T> Of<T>(List<T> itemsAndOneMore, Func<T, Guid> id)
    {
        var more = itemsAndOneMore.Count > Limit;
        var items = more ? itemsAndOneMore[..Limit] : itemsAndOneMore;
        return new(items, more ? id(items[^1]).ToString() : null);
    }

    public static ValueTask<Page> BindAsync(HttpContext context, ParameterInfo _)
    {
        var most = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value.MaxPageItems;
        var limitText = context.Request.Query["limit"];
        var cursorText = context.Request.Query["cursor"];
        var limit = Math.Min(DefaultLimit, most);
        Guid? cursor = null;
        if (limitText.Count > 0 && (!int.TryParse(limitText[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1 || limit > most))
            return Fail("limit", $"expected a whole number from 1 to {most}, got '{limitText[0]}'");
        if (cursorText.Count > 0)
        {
            if (!Guid.TryParse(cursorText[0], out var id))
                return Fail("cursor", $"expected the nextCursor of an earlier page, got '{cursorText[0]}'");
            cursor = id;
        }

        return ValueTask.FromResult(new Page { Limit = limit, Cursor = cursor });

        static ValueTask<Page> Fail(string path, string message) =>
            ValueTask.FromResult(new Page { Failure = new InputFailure(StatusCodes.Status400BadRequest, path, message) });
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Those on the page, newest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last one.</param>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Marks a route that takes <c>limit</c> and <c>cursor</c>.</summary>
internal sealed class PageParameters : IQueryNames
{
    public IReadOnlyList<string> Names => ["limit", "cursor"];
}
