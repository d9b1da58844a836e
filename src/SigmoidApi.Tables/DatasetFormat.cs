namespace SigmoidApi.Tables;

/// <summary>The format of a file of rows.</summary>
public enum DatasetFormat
{
    /// <summary>Separated values with any delimiter.</summary>
    Csv,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>A JSON array of records.</summary>
    Json,

    /// <summary>JSON lines: one record on each line.</summary>
    NdJson,

    /// <summary>LIBSVM and SVMlight: on each line a label and the values other than 0, each with its index.</summary>
    Libsvm,
}

/// <summary>The names of formats: media types, file extensions, values of <c>?format=</c>.</summary>
internal static class DatasetFormats
{
    /// <summary>The media type of responses in a format.</summary>
    public static string MediaType(this DatasetFormat format) => format switch
    {
        DatasetFormat.Csv => MediaTypes.Csv,
        DatasetFormat.Parquet => MediaTypes.Parquet,
        DatasetFormat.Json => MediaTypes.Json,
        DatasetFormat.NdJson => MediaTypes.NdJson,
        _ => MediaTypes.Libsvm,
    };

    /// <summary>The value of <c>?format=</c>, which is also the file extension.</summary>
    public static string Name(this DatasetFormat format) => format switch
    {
        DatasetFormat.Csv => "csv",
        DatasetFormat.Parquet => "parquet",
        DatasetFormat.Json => "json",
        DatasetFormat.NdJson => "ndjson",
        _ => "libsvm",
    };

    /// <summary>All values of <c>?format=</c> in one phrase, for error messages.</summary>
    public const string Names = "'csv', 'tsv', 'parquet', 'json', 'ndjson' or 'libsvm'";

    /// <summary>The values in <see cref="Names"/> as a list.</summary>
    public static readonly IReadOnlyList<string> Known = ["csv", "tsv", "parquet", "json", "ndjson", "libsvm"];

    /// <summary>The format for a value of <c>?format=</c> or a file extension; null if unknown.</summary>
    public static DatasetFormat? OfName(string? name) => name?.ToUpperInvariant() switch
    {
        "CSV" or "TSV" or "TAB" => DatasetFormat.Csv,
        "PARQUET" or "PQ" => DatasetFormat.Parquet,
        "JSON" => DatasetFormat.Json,
        "NDJSON" or "JSONL" => DatasetFormat.NdJson,
        "LIBSVM" or "SVM" or "SVMLIGHT" => DatasetFormat.Libsvm,
        _ => null,
    };

    /// <summary>The media types of uploads and the format of each.</summary>
    public static readonly IReadOnlyDictionary<string, DatasetFormat> ByMediaType = new Dictionary<string, DatasetFormat>(StringComparer.OrdinalIgnoreCase)
    {
        [MediaTypes.Csv] = DatasetFormat.Csv,
        ["application/csv"] = DatasetFormat.Csv,
        ["text/tab-separated-values"] = DatasetFormat.Csv,
        [MediaTypes.Parquet] = DatasetFormat.Parquet,
        ["application/x-parquet"] = DatasetFormat.Parquet,
        ["application/parquet"] = DatasetFormat.Parquet,
        [MediaTypes.Json] = DatasetFormat.Json,
        ["text/json"] = DatasetFormat.Json,
        [MediaTypes.NdJson] = DatasetFormat.NdJson,
        ["application/ndjson"] = DatasetFormat.NdJson,
        ["application/jsonl"] = DatasetFormat.NdJson,
        ["application/x-jsonlines"] = DatasetFormat.NdJson,
        [MediaTypes.Libsvm] = DatasetFormat.Libsvm,
        ["application/x-libsvm"] = DatasetFormat.Libsvm,
    };

    /// <summary>Media types that do not show the format.</summary>
    public static readonly IReadOnlySet<string> AnyTypes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        MediaTypes.Bytes, "application/gzip", "application/x-gzip", "application/zstd", MediaTypes.Text,
    };

    /// <summary>The format of a media type; null if the type is unknown or does not show the format.</summary>
    public static DatasetFormat? OfMediaType(string? mediaType) => mediaType is not null && ByMediaType.TryGetValue(mediaType, out var format) ? format : null;

    /// <summary>
    /// Detects the format from the first bytes, for uploads without any other sign of it: Parquet's magic number, the bracket or brace of JSON, the
    /// <c>label index:value</c> of LIBSVM, and CSV otherwise.
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
