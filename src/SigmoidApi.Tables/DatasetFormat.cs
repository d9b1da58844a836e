namespace SigmoidApi.Tables;

/// <summary>What a file of rows may be.</summary>
public enum DatasetFormat
{
    /// <summary>Separated values, by whatever delimiter.</summary>
    Csv,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>An array of records.</summary>
    Json,

    /// <summary>A record on each line.</summary>
    NdJson,

    /// <summary>A label and the values other than 0 by their indices on each line, as LIBSVM and SVMlight have them.</summary>
    Libsvm,
}

/// <summary>How formats are called: by media type, by the end of a file's name, by what <c>?format=</c> says.</summary>
internal static class DatasetFormats
{
    /// <summary>The media type that each format is answered in.</summary>
    public static string MediaType(this DatasetFormat format) => format switch
    {
        DatasetFormat.Csv => "text/csv",
        DatasetFormat.Parquet => "application/vnd.apache.parquet",
        DatasetFormat.Json => "application/json",
        DatasetFormat.NdJson => "application/x-ndjson",
        _ => "text/x-libsvm",
    };

    /// <summary>The value of <c>?format=</c>, which is also the end of a file's name.</summary>
    public static string Name(this DatasetFormat format) => format switch
    {
        DatasetFormat.Csv => "csv",
        DatasetFormat.Parquet => "parquet",
        DatasetFormat.Json => "json",
        DatasetFormat.NdJson => "ndjson",
        _ => "libsvm",
    };

    public const string Names = "'csv', 'tsv', 'parquet', 'json', 'ndjson' or 'libsvm'";

    /// <summary>The same one by one.</summary>
    public static readonly IReadOnlyList<string> Known = ["csv", "tsv", "parquet", "json", "ndjson", "libsvm"];

    /// <summary>The format of a name that <c>?format=</c> or a file's ending may have; null for another.</summary>
    public static DatasetFormat? OfName(string? name) => name?.ToUpperInvariant() switch
    {
        "CSV" or "TSV" or "TAB" => DatasetFormat.Csv,
        "PARQUET" or "PQ" => DatasetFormat.Parquet,
        "JSON" => DatasetFormat.Json,
        "NDJSON" or "JSONL" => DatasetFormat.NdJson,
        "LIBSVM" or "SVM" or "SVMLIGHT" => DatasetFormat.Libsvm,
        _ => null,
    };

    /// <summary>The media types by which files are sent, and the format that each says.</summary>
    public static readonly IReadOnlyDictionary<string, DatasetFormat> MediaTypes = new Dictionary<string, DatasetFormat>(StringComparer.OrdinalIgnoreCase)
    {
        ["text/csv"] = DatasetFormat.Csv,
        ["application/csv"] = DatasetFormat.Csv,
        ["text/tab-separated-values"] = DatasetFormat.Csv,
        ["application/vnd.apache.parquet"] = DatasetFormat.Parquet,
        ["application/x-parquet"] = DatasetFormat.Parquet,
        ["application/parquet"] = DatasetFormat.Parquet,
        ["application/json"] = DatasetFormat.Json,
        ["text/json"] = DatasetFormat.Json,
        ["application/x-ndjson"] = DatasetFormat.NdJson,
        ["application/ndjson"] = DatasetFormat.NdJson,
        ["application/jsonl"] = DatasetFormat.NdJson,
        ["application/x-jsonlines"] = DatasetFormat.NdJson,
        ["text/x-libsvm"] = DatasetFormat.Libsvm,
        ["application/x-libsvm"] = DatasetFormat.Libsvm,
    };

    /// <summary>Types that say nothing of what the bytes are.</summary>
    public static readonly IReadOnlySet<string> AnyTypes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "application/octet-stream", "application/gzip", "application/x-gzip", "application/zstd", "text/plain",
    };

    /// <summary>The format of a media type; null for one that says nothing about the format, or another's.</summary>
    public static DatasetFormat? OfMediaType(string? mediaType) => mediaType is not null && MediaTypes.TryGetValue(mediaType, out var format) ? format : null;

    /// <summary>
    /// What a file says by its first bytes where nothing else says it: Parquet's magic number, the bracket or brace of JSON, the <c>label index:value</c> of LIBSVM, or else CSV.
    /// </summary>
    public static DatasetFormat OfContent(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PAR1"u8))
            return DatasetFormat.Parquet;
        var text = start.TrimStart(" \t\r\n"u8);
        if (text is [(byte)'[', ..])
            return DatasetFormat.Json;
        if (text is [(byte)'{', ..])
            return DatasetFormat.NdJson;
        var line = text[..(text.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var end ? end : text.Length)];
        return LooksLikeLibsvm(line) ? DatasetFormat.Libsvm : DatasetFormat.Csv;
    }

    private static bool LooksLikeLibsvm(ReadOnlySpan<byte> line)
    {
        var cells = 0;
        foreach (var range in line.Split((byte)' '))
        {
            var cell = line[range];
            if (cell.IsEmpty)
                continue;
            var colon = cell.IndexOf((byte)':');
            if (cells++ == 0 ? colon >= 0 : colon < 1 || cell[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
        }

        return cells > 1;
    }
}
