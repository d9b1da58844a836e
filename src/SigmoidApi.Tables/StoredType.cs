namespace SigmoidApi.Tables;

/// <summary>The type of a column in a data set's Parquet file.</summary>
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
