using System.IO.Compression;
using System.Text;

namespace SigmoidApi.Tables.Charsets;

/// <summary>
/// The indexes of the WHATWG Encoding Standard: the code point for each pointer, 0 if there is none. The resource <c>indexes.br</c> holds them, compressed
/// with Brotli: for each index its name, its length and the differences between its code points. Numbers are varints (seven bits in each byte);
/// differences are zigzag-encoded (0, -1, 1, -2, …).
/// </summary>
internal static class CharsetIndex
{
    // 100,000 numbers, read when a text first needs one of the indexes.
    private static readonly Lazy<IReadOnlyDictionary<string, int[]>> Indexes = new(Load);

    /// <summary>An index by the standard's name in lower case: <c>jis0208</c>, <c>windows-1252</c>.</summary>
    public static int[] Of(string name) => Indexes.Value[name];

    /// <summary>The code point for a pointer; 0 if there is none, also beyond the end.</summary>
    public static int At(int[] index, int pointer) => (uint)pointer < (uint)index.Length ? index[pointer] : 0;

    private static Dictionary<string, int[]> Load()
    {
        using var resource = typeof(CharsetIndex).Assembly.GetManifestResourceStream("SigmoidApi.Tables.Charsets.indexes.br")!;
        using var plain = new MemoryStream();
        using (var packed = new BrotliStream(resource, CompressionMode.Decompress))
            packed.CopyTo(plain);
        plain.Position = 0;
        using var reader = new BinaryReader(plain, Encoding.ASCII);
        var indexes = new Dictionary<string, int[]>(StringComparer.Ordinal);
        while (plain.Position < plain.Length)
        {
            var name = reader.ReadString();
            var index = new int[reader.Read7BitEncodedInt()];
            var codePoint = 0;
            for (var i = 0; i < index.Length; i++)
            {
                var difference = reader.Read7BitEncodedInt();
                index[i] = codePoint += (difference >> 1) ^ -(difference & 1);
            }

            indexes.Add(name, index);
        }

        return indexes;
    }
}
