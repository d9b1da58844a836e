namespace SigmoidApi.Tables;

/// <summary>A warning about a file as a whole.</summary>
/// <param name="Code">The kind of warning.</param>
/// <param name="Columns">The columns it concerns.</param>
public sealed record DatasetWarning(DatasetWarningCode Code, IReadOnlyList<string> Columns);

/// <summary>Why columns of a file are not in its data set.</summary>
public enum DatasetWarningCode
{
    /// <summary>Columns of bytes that are not text. The output of a prediction by file keeps them unchanged.</summary>
    BytesLeftOut,

    /// <summary>Columns of lists or records with decimals of more than 38 digits. The output of a prediction by file lacks them.</summary>
    DecimalsLeftOut,
}
