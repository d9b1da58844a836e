using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Http;

/// <summary>How answers are compressed; section <c>Http</c> of the configuration.</summary>
public sealed class CompressionOptions
{
    public const string Section = "Http";

    /// <summary>Answers of more bytes are compressed for a client that asks for it; 0 compresses none.</summary>
    [Range(0, 1 << 20)]
    public int CompressAboveBytes { get; init; } = 1024;
}
