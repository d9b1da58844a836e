namespace SigmoidApi.Tables.Csv;

/// <summary>How a line of a file ends.</summary>
internal enum CsvLineEnd
{
    None,
    Lf,
    CrLf,
    Cr,
}

/// <summary>Which line ends a file has, and on which line each kind occurs first.</summary>
internal sealed class CsvLineEnds
{
    private readonly long[] _firstLine = new long[4];

    /// <param name="headerEnd">How the header ends.</param>
    /// <param name="headerLine">The last line of the header.</param>
    public CsvLineEnds(CsvLineEnd headerEnd, long headerLine) => _firstLine[(int)headerEnd] = headerLine;

    /// <summary>Whether the file has several kinds of line ends.</summary>
    public bool AreMixed => Lines.Count() > 1;

    private IEnumerable<long> Lines => _firstLine.Skip(1).Where(line => line > 0);

    public void Add(CsvLineEnd lineEnd, long line)
    {
        ref var first = ref _firstLine[(int)lineEnd];
        if (first == 0)
            first = line;
    }

    /// <summary>Corrects a line end that was added as CR: an LF follows it.</summary>
    public void MergeIntoCrLf(long line)
    {
        ref var cr = ref _firstLine[(int)CsvLineEnd.Cr];
        if (cr == line)
            cr = 0;
        Add(CsvLineEnd.CrLf, line);
    }

    /// <summary>
    /// The first line with another end than the lines before it, if the mixture is an error; otherwise null. LF and CRLF mean the same everywhere, but a CR
    /// alone among them is damage or part of a text.
    /// </summary>
    public long? FirstWrong() => _firstLine[(int)CsvLineEnd.Cr] > 0 && AreMixed ? Lines.Order().ElementAt(1) : null;
}
