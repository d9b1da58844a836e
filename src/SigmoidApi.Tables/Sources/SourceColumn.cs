namespace SigmoidApi.Tables.Sources;

/// <summary>A column of a file.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Type">What it is kept as.</param>
/// <param name="Stored">The expression that makes that of what <see cref="DatasetSource.From"/> gives.</param>
/// <param name="Raw">The expression for the column as the file has it, for files that are given back with something added.</param>
/// <param name="Hint">What a person should know of it, that its values do not show.</param>
/// <param name="DateOrder">Of dates that need one, as 01/31/2024; null of others.</param>
/// <param name="DecimalPoint">The decimal sign that its own texts show; null where they show none.</param>
internal sealed record SourceColumn(
    string Name, StoredType Type, string Stored, string Raw, ColumnWarning? Hint = null, DateOrder? DateOrder = null, char? DecimalPoint = null);
