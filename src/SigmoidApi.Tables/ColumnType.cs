namespace SigmoidApi.Tables;

/// <summary>What a column holds. Callers see it in profiles and set it with <c>types=</c>.</summary>
public enum ColumnType
{
    /// <summary>Numbers, whole or not.</summary>
    Number,

    /// <summary>0 and 1, or true and false.</summary>
    Boolean,

    /// <summary>One of a limited number of levels.</summary>
    Category,

    /// <summary>A date, or a date and a time in UTC.</summary>
    DateTime,

    /// <summary>Texts that mostly differ from row to row: names, remarks, keys.</summary>
    Text,
}
