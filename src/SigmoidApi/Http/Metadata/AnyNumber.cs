namespace SigmoidApi.Http.Metadata;

/// <summary>Describes a number that need not be finite, and is then a text: <c>"NaN"</c>, <c>"Infinity"</c> or <c>"-Infinity"</c>. Others are finite.</summary>
internal readonly struct AnyNumber;
