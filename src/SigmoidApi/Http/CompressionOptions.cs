using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Http;

/// <summary>How answers are compressed; section <c>Http</c> of the configuration.</summary>
public sealed class CompressionOptions
{
    public const string Section = "Http";

    /// <summary>Answers of more bytes are compressed for clients that ask for it; 0 turns compression off.</summary>
    [Range(0, 1 << 20)]
    public int CompressAboveBytes { get; init; } = 1024;
}
