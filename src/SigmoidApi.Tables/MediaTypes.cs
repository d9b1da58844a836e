namespace SigmoidApi.Tables;

/// <summary>The media types that the service reads or writes in more than one place.</summary>
internal static class MediaTypes
{
    public const string Csv = "text/csv";
    public const string Parquet = "application/vnd.apache.parquet";
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";
    public const string Libsvm = "text/x-libsvm";

    /// <summary>Bytes of any kind.</summary>
    public const string Bytes = "application/octet-stream";

    public const string Text = "text/plain";

    public const string Svg = "image/svg+xml";
    public const string Png = "image/png";

    /// <summary>A form whose parts may be files.</summary>
    public const string Form = "multipart/form-data";

    /// <summary>A problem (RFC 9457).</summary>
    public const string Problem = "application/problem+json";

    /// <summary>Server-sent events.</summary>
    public const string Events = "text/event-stream";
}
