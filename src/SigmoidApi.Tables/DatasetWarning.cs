namespace SigmoidApi.Tables;

/// <summary>What a person should know of a file as a whole.</summary>
/// <param name="Code">What it is about.</param>
/// <param name="Columns">Which columns it is about.</param>
public sealed record DatasetWarning(DatasetWarningCode Code, IReadOnlyList<string> Columns);

/// <summary>Why columns of a file are not in its data set.</summary>
public enum DatasetWarningCode
{
    /// <summary>Columns of bytes that are no texts. A file that is predicted gets them back as they are.</summary>
    BytesLeftOut,

    /// <summary>Columns of lists or records with decimals of more than 38 digits; a file that is predicted is given back without them.</summary>
    DecimalsLeftOut,
}
