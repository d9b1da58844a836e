namespace SigmoidApi.Tables.Cells;

/// <summary>Collects the values of a file that do not fit the types of their columns.</summary>
internal sealed class WrittenMistakes
{
    private readonly List<DatasetError> _first = [];
    private long _count;

    /// <param name="count">The number of mistakes in a column.</param>
    /// <param name="first">The first mistakes of each kind: line, column, and the value found.</param>
    /// <param name="expected">The expected value.</param>
    /// <param name="rest">What the caller can do.</param>
    public void Add(long count, IEnumerable<DatasetError> first, string expected, string rest)
    {
        _count += count;
        _first.AddRange(first.Select(error => error with { Message = $"expected {expected}{rest}; got {error.Message}" }));
    }

    /// <exception cref="InvalidDatasetException">There are any.</exception>
    public void ThrowIfAny()
    {
        if (_count > 0)
            throw new InvalidDatasetException([.. _first.OrderBy(error => error.Line).Take(InvalidDatasetException.MaxErrors)], _count);
    }
}
