namespace SigmoidApi.Compute.Data;

/// <summary>
/// The data are well-formed but cannot be fitted. <see cref="Code"/> says why: <c>single_class</c>, <c>invalid_label</c>,
/// <c>non_finite_value</c>, <c>class_missing_from_split</c>, <c>empty_split</c>, <c>missing_order</c>, <c>no_weight_held_out</c>, <c>no_columns</c>,
/// <c>numeric_range_exceeded</c>, <c>too_many_columns</c>, <c>too_many_classes</c>, <c>too_few_observations</c>, <c>too_few_clusters</c> or <c>diverged</c>.
/// </summary>
public sealed class UntrainableDataException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
