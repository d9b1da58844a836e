namespace SigmoidApi.Tables.Cells;

/// <summary>The values of a file that are not what their columns are, by line.</summary>
internal sealed class WrittenMistakes
{
    private readonly List<DatasetError> _first = [];
    private long _count;

    /// <param name="count">How many there are in a column.</param>
    /// <param name="first">The first of each kind: line, column, and what came.</param>
    /// <param name="expected">What should have come.</param>
    /// <param name="rest">What can be done.</param>
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
