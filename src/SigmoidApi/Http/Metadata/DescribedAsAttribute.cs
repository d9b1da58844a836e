namespace SigmoidApi.Http.Metadata;

/// <summary>Describes a property by the schema of another type, whose JSON its converter reads or writes.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DescribedAsAttribute(Type type) : Attribute
{
    public Type Type => type;
}
