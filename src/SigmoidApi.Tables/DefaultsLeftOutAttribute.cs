namespace SigmoidApi.Tables;

/// <summary>
/// JSON of the type leaves out each member that has the default of its constructor parameter. A member with a <c>JsonIgnore</c> of its own follows that
/// instead.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DefaultsLeftOutAttribute : Attribute;
