using System.Text;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Detects a file's dialect from its first lines: the delimiter that splits most lines into the same number of cells, the decimal sign
/// (<see cref="DecimalSign"/>), which the scan of all cells may correct, and whether there is a header (<see cref="HeaderDetection"/>).
/// </summary>
internal static class CsvSniffer
{
    public const int SampleBytes = 256 * 1024;

    // In order of preference, if nothing else decides.
    private static readonly char[] Delimiters = [',', ';', '\t', '|', ' '];

    /// <param name="sample">The first bytes of the file.</param>
    /// <param name="isWholeFile">Whether the sample is the whole file.</param>
    /// <param name="overrides">What the upload says.</param>
    /// <param name="expected">Columns that the file should have: a first record with all of their names is the header.</param>
    /// <param name="likelyPoint">The decimal sign to use if the file does not show it; null to guess it.</param>
    public static CsvOutline Detect(
        ReadOnlySpan<byte> sample, bool isWholeFile, CsvOverrides overrides, IReadOnlyList<string> expected, char? likelyPoint = null)
    {
        var preamble = CsvPreamble.Of(sample);
        var text = Encoding.UTF8.GetString(sample[preamble.Length..]);
        var quote = overrides.Quote switch { null => QuoteOf(text), "" => (char?)null, var given => given[0] };
        char[] candidates = (overrides.Delimiter ?? preamble.Delimiter) is { } delimiter ? [delimiter] : Delimiters;
        var best = candidates
            .Select((candidate, rank) => (Delimiter: candidate, Rank: rank, Records: CsvSample.Records(text, candidate, quote, isWholeFile)))
            .Select(cut => (cut.Delimiter, cut.Rank, cut.Records, Fit: FitOf(cut.Records, cut.Delimiter)))
            .OrderByDescending(cut => cut.Fit.Columns > 1).ThenByDescending(cut => cut.Fit.Share).ThenByDescending(cut => cut.Fit.Numbers)
            .ThenByDescending(cut => cut.Fit.Columns).ThenBy(cut => cut.Rank)
            .First();
        var missing = MissingWords.Of(overrides);
        bool HasHeader(List<List<string>> records) => overrides.Header ?? HeaderDetection.HasHeader(records, missing, expected);
        // A first record with all names that a model needs is the header, not a title, whatever is below it.
        var titles = expected.Count > 0 && HeaderDetection.HasAll(best.Records, expected) ? 0 : CsvTitle.Count(best.Records, best.Fit.Columns, HasHeader);
        var records = best.Records[titles..];
        // Leave out what may be a footer: its cells would mislead the detection.
        if (isWholeFile && best.Fit.Columns > 1)
        {
            var last = records.FindLastIndex(record => !CsvTitle.IsEmpty(record) && !CsvTitle.IsRemark(record, best.Fit.Columns));
            records = last < 0 ? records : records[..(last + 1)];
        }

        var point = overrides.DecimalPoint ?? DecimalSign.Of(DecimalsOf(records), best.Delimiter, likelyPoint).Point;
        var dialect = new CsvDialect(best.Delimiter, quote, point, HasHeader(records), missing);
        return new(dialect, preamble.Past(sample, titles, dialect), records, best.Fit.Columns);
    }

    private static char? QuoteOf(string text)
    {
        // A single quote is the quote if it ends one cell and begins the next; an apostrophe within a word does not.
        if (text.Contains('"', StringComparison.Ordinal))
            return '"';
        foreach (var delimiter in Delimiters)
        {
            if (text.Contains($"'{delimiter}'", StringComparison.Ordinal))
                return '\'';
        }

        return '"';
    }

    private static (double Share, double Numbers, int Columns) FitOf(List<List<string>> records, char delimiter)
    {
        if (records.Count == 0)
            return (0, 0, 1);
        var columns = records.GroupBy(record => record.Count).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        var share = (double)records.Count(record => record.Count == columns) / records.Count;
        // Blanks split sentences into any number of cells, so a blank must fit every record.
        if (delimiter == ' ' && share < 1)
            return (0, 0, 1);
        var cells = records.SelectMany(record => record).ToList();
        return (share, (double)cells.Count(IsSimpleNumber) / cells.Count, columns);
    }

    private static bool IsSimpleNumber(string cell) => WrittenNumber.TryRead(Encoding.UTF8.GetBytes(cell), out var number) && number.IsSimple;

    private static IEnumerable<DecimalEvidence> DecimalsOf(List<List<string>> records)
    {
        var columns = new WrittenColumn[records.Select(record => record.Count).DefaultIfEmpty().Max()];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = new("", WrittenConvention.Default);
        foreach (var (column, cell) in records.SelectMany(record => record.Index()))
            columns[column].AddCell(Encoding.UTF8.GetBytes(cell), MissingWords.Default, line: 0);
        return columns.Select(column => column.Decimals);
    }
}

/// <summary>What the first lines of a file show.</summary>
/// <param name="Preamble">What precedes the first record, titles included.</param>
/// <param name="Records">The first records, without titles and a possible footer.</param>
/// <param name="Columns">The number of cells that most records have.</param>
internal sealed record CsvOutline(CsvDialect Dialect, CsvPreamble Preamble, List<List<string>> Records, int Columns)
{
    /// <summary>Whether the cells of the first column, below a header, are numbers, dates, true and false, or missing.</summary>
    public bool BeginsWithValues => Records.Skip(Dialect.Header ? 1 : 0).Select(record => record[0]) is var cells
        && cells.Any(HeaderDetection.IsValue)
        && cells.All(cell => HeaderDetection.IsValue(cell) || Dialect.Missing.IsNull(Encoding.UTF8.GetBytes(cell)));

    /// <summary>Checks the number of cells in the first record. Otherwise every other row would be reported, although those are right.</summary>
    /// <exception cref="InvalidDatasetException">The first record has another number of cells than most records.</exception>
    public void CheckFirst()
    {
        var cells = Records.Count > 0 ? Records[0].Count : Columns;
        var (like, most) = (Records.Count(record => record.Count == cells), Records.Count(record => record.Count == Columns));
        if (cells != Columns && most > like && most > 1)
        {
            throw new InvalidDatasetException(Preamble.Lines + 1, null,
                $"expected {Columns} cells, as most lines below have; this line has {cells}. "
                + "Remove it if it is not part of the table; if it is the header, give each column a name");
        }
    }
}
