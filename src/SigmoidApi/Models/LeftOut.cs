using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>Why a column is not a feature when the request names no features.</summary>
public enum LeftOutReason
{
    /// <summary>Texts that mostly differ from row to row.</summary>
    Text,

    /// <summary>A key: a different text in each row.</summary>
    Identifier,
}

/// <summary>
/// The columns that are not features when a request names no features. A number that identifies rows is a feature, with a warning: it often carries
/// information, such as the order in which patients arrived, and otherwise its one coefficient does no harm.
/// </summary>
internal static class LeftOut
{
    public static LeftOutReason? ReasonFor(ColumnProfile column) => column switch
    {
        { IsText: true, Warnings: { } warnings } when warnings.Contains(ColumnWarning.Identifier) => LeftOutReason.Identifier,
        { Type: ColumnType.Text } => LeftOutReason.Text,
        _ => null,
    };
}
