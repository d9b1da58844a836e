using System.Globalization;
using System.Text;

namespace SigmoidApi.Http;

/// <summary>
/// Lists of names in headers, as structured fields (RFC 9651): a name of printable ASCII is a String, <c>"age"</c>; any other is a Display String,
/// <c>%"gr%c3%b6%c3%9fe"</c>, in which all other bytes of UTF-8 are escaped. So no name can end its header or add another one.
/// </summary>
internal static class StructuredHeader
{
    // Some proxies limit all headers together to 4 KB.
    private const int MostCharacters = 900;

    /// <summary>A list of items, cut after the last whole item that fits.</summary>
    public static string List(IEnumerable<string> items)
    {
        var length = 0;
        return string.Join(", ", items.TakeWhile(item => (length += item.Length + 2) <= MostCharacters));
    }

    /// <summary>A name as an item.</summary>
    public static string Name(string name)
    {
        var isPlain = !name.AsSpan().ContainsAnyExceptInRange(' ', '~');
        var text = new StringBuilder(isPlain ? "\"" : "%\"");
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            _ = (isPlain, (char)value) switch
            {
                (true, '"' or '\\') => text.Append('\\').Append((char)value),
                (true, _) => text.Append((char)value),
                (_, '%' or '"' or < ' ' or > '~') => text.Append(CultureInfo.InvariantCulture, $"%{value:x2}"),
                _ => text.Append((char)value),
            };
        }

        return text.Append('"').ToString();
    }
}
