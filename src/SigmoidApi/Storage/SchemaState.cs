namespace SigmoidApi.Storage;

/// <summary>Which migrations a database has.</summary>
public enum SchemaState
{
    /// <summary>None: it is new.</summary>
    Empty,

    /// <summary>Some.</summary>
    Older,

    /// <summary>All that this version knows.</summary>
    Current,
}
