using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Tables;

/// <summary>Two columns that are nearly the same. A model needs only one of them; with both, neither coefficient means much.</summary>
/// <param name="First">The column that comes first in the file.</param>
/// <param name="Second">The other column.</param>
/// <param name="Measure">How they were compared.</param>
/// <param name="Value">The correlation, from -1 to 1, or Cramér's V, from 0 to 1.</param>
/// <param name="Rows">The rows that have both values.</param>
public sealed record ColumnPair(string First, string Second, PairMeasure Measure, double Value, [property: Range(0, int.MaxValue)] long Rows);

/// <summary>A measure of how nearly two columns are the same.</summary>
public enum PairMeasure
{
    /// <summary>Pearson's correlation of two columns of numbers, booleans or dates.</summary>
    Pearson,

    /// <summary>Cramér's V of two categories, without correction. It is 1 if the column of more levels determines the other.</summary>
    CramersV,
}
