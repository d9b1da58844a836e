namespace SigmoidApi.Http.Metadata;

/// <summary>Describes a number that may be infinite or NaN, and is then a text: <c>"NaN"</c>, <c>"Infinity"</c> or <c>"-Infinity"</c>.</summary>
internal readonly struct AnyNumber;
