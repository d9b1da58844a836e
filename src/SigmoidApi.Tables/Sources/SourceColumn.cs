namespace SigmoidApi.Tables.Sources;

/// <summary>A column of a file.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The type that the column is stored with.</param>
/// <param name="Stored">The expression for the stored value, over <see cref="DatasetSource.From"/>.</param>
/// <param name="Raw">The expression for the original value, for the output of predictions.</param>
/// <param name="Hint">A warning about how the column was written, which the stored values no longer show.</param>
/// <param name="DateOrder">The order of ambiguous dates, such as 01/31/2024; null for other columns.</param>
/// <param name="DecimalPoint">The decimal sign that the column's own texts show; null if they show none.</param>
internal sealed record SourceColumn(
    string Name, StoredType Type, string Stored, string Raw, ColumnWarning? Hint = null, DateOrder? DateOrder = null, char? DecimalPoint = null);
