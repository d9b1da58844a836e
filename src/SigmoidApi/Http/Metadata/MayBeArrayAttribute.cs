namespace SigmoidApi.Http.Metadata;

/// <summary>
/// Instead of an answer of this type the service may also give an array, as the description says. The schema then has no type and restricts only objects;
/// client generators see the object alone.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MayBeArrayAttribute : Attribute;
