using System.IO.Compression;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Tests.Tables.Charsets;

/// <summary>The labels and index files of the WHATWG Encoding Standard, and a decoder of ours run with its error mode "replacement".</summary>
internal static class EncodingStandard
{
    public const string Wrong = "\uFFFD";

    private static readonly JsonElement Document = Load();

    /// <summary>The encodings with their names and labels.</summary>
    public static IReadOnlyDictionary<string, string[]> Labels { get; } =
        Document.GetProperty("labels").EnumerateObject().ToDictionary(e => e.Name, e => e.Value.EnumerateArray().Select(label => label.GetString()!).ToArray());

    public static IEnumerable<string> OfOneByte { get; } =
        [.. Document.GetProperty("indexes").EnumerateObject().Where(index => index.Value.GetArrayLength() == 128).Select(index => index.Name)];

    /// <summary>The characters of an index by their pointers.</summary>
    public static Dictionary<int, string> Index(string name) =>
        Document.GetProperty("indexes").GetProperty(name).EnumerateArray().Index().Where(entry => entry.Item.ValueKind != JsonValueKind.Null)
            .ToDictionary(entry => entry.Index, entry => char.ConvertFromUtf32(entry.Item.GetInt32()));

    public static (int Pointer, int CodePoint)[] Ranges() =>
        [.. Document.GetProperty("indexes").GetProperty("gb18030-ranges").EnumerateArray().Select(range => (range[0].GetInt32(), range[1].GetInt32()))];

    /// <summary>Decodes all bytes, with U+FFFD for bytes that are not in the charset.</summary>
    public static string Decode(string charset, params ReadOnlySpan<byte> bytes) => Decode(Charset.Find(charset)!.NewDecoder()!, bytes);

    public static string Decode(TextDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var utf8 = new byte[TextDecoder.MostBytesPerByte * bytes.Length];
        while (true)
        {
            var decoded = decoder.Decode(bytes, isEnd: true, utf8);
            text.Append(Encoding.UTF8.GetString(utf8, 0, decoded.Written));
            if (decoded.Wrong == 0)
            {
                decoded.Read.ShouldBe(bytes.Length);
                return text.ToString();
            }

            decoded.Wrong.ShouldBeInRange(decoded.Skipped, bytes.Length - decoded.Read);
            decoded.Skipped.ShouldBeGreaterThan(0);
            text.Append('\uFFFD');
            bytes = bytes[(decoded.Read + decoded.Skipped)..];
        }
    }

    private static JsonElement Load()
    {
        using var file = new BrotliStream(File.OpenRead(ReferenceData.PathOf("whatwg-encoding.json.br")), CompressionMode.Decompress);
        return JsonDocument.Parse(file).RootElement;
    }
}
