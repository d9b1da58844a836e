namespace SigmoidApi.Tables;

/// <summary>What a column holds, as callers see it and as <c>types=</c> says it.</summary>
public enum ColumnType
{
    /// <summary>Numbers, whole or not.</summary>
    Number,

    /// <summary>0 and 1, or true and false.</summary>
    Boolean,

    /// <summary>One of a number of levels.</summary>
    Category,

    /// <summary>A date, or a date and a time in UTC.</summary>
    DateTime,

    /// <summary>Mostly different in each row: names, remarks, keys.</summary>
    Text,
}

/// <summary>What a column is kept as in a data set's Parquet file.</summary>
public enum StoredType
{
    Real,
    Whole,
    Boolean,
    Date,

    /// <summary>A timestamp in UTC, to the microsecond.</summary>
    Time,
    Text,
}
