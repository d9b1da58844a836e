using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// Finds a file's dialect from its first lines: the delimiter that cuts them into the same number of cells, a decimal comma where no number has a point,
/// and a header where the first record is unlike those below it.
/// </summary>
internal static class CsvSniffer
{
    public const int SampleBytes = 256 * 1024;

    private const int SampleRecords = 500;

    // In the order in which they are preferred where nothing else tells them apart.
    private static readonly char[] Delimiters = [',', ';', '\t', '|', ' '];

    public static CsvDialect Detect(ReadOnlySpan<byte> sample, bool isWholeFile, CsvOverrides overrides)
    {
        var text = Encoding.UTF8.GetString(sample.StartsWith(Encoding.UTF8.Preamble) ? sample[Encoding.UTF8.Preamble.Length..] : sample);
        var quote = overrides.Quote switch { null => QuoteOf(text), "" => (char?)null, var given => given[0] };
        char[] candidates = overrides.Delimiter is { } delimiter ? [delimiter] : Delimiters;
        var best = candidates
            .Select((candidate, rank) => (Delimiter: candidate, Rank: rank, Records: Records(text, candidate, quote, isWholeFile)))
            .Select(cut => (cut.Delimiter, cut.Rank, cut.Records, Fit: FitOf(cut.Records, cut.Delimiter)))
            .OrderByDescending(cut => cut.Fit.Columns > 1).ThenByDescending(cut => cut.Fit.Share).ThenByDescending(cut => cut.Fit.Numbers)
            .ThenByDescending(cut => cut.Fit.Columns).ThenBy(cut => cut.Rank)
            .First();
        var point = overrides.DecimalPoint ?? DecimalOf(best.Records, best.Delimiter);
        var nulls = overrides.NullValues ?? CsvDialect.DefaultNullValues;
        var header = overrides.Header ?? HasHeader(best.Records, point, nulls);
        return new(best.Delimiter, quote, point, header, nulls);
    }

    private static char? QuoteOf(string text)
    {
        // A single quote quotes where cells begin and end with it; an apostrophe within a word does not.
        if (text.Contains('"', StringComparison.Ordinal))
            return '"';
        foreach (var delimiter in Delimiters)
        {
            if (text.Contains($"'{delimiter}'", StringComparison.Ordinal))
                return '\'';
        }

        return '"';
    }

    /// <summary>The first records, each cell with a mark before it that says whether it was in quotes.</summary>
    private static List<List<(string Text, bool Quoted)>> Records(string text, char delimiter, char? quote, bool isWholeFile)
    {
        var records = new List<List<(string, bool)>>();
        var record = new List<(string, bool)>();
        var cell = new StringBuilder();
        var (inQuotes, quoted) = (false, false);
        for (var i = 0; i < text.Length && records.Count < SampleRecords; i++)
        {
            var c = text[i];
            if (inQuotes)
            {
                if (c != quote)
                    cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == quote)
                    cell.Append(text[++i]);
                else
                    inQuotes = false;
            }
            else if (c == quote && cell.ToString().AsSpan().IsWhiteSpace())
            {
                (inQuotes, quoted) = (true, true);
                cell.Clear();
            }
            else if (c == delimiter)
            {
                EndCell();
            }
            else if (c is '\r' or '\n')
            {
                EndRecord();
            }
            else
            {
                cell.Append(c);
            }
        }

        // What the sample cuts off is no record, but for the only one.
        if (isWholeFile || records.Count == 0)
            EndRecord();
        return records;

        void EndCell()
        {
            record.Add((cell.ToString().Trim(), quoted));
            cell.Clear();
            quoted = false;
        }

        void EndRecord()
        {
            if (record.Count == 0 && cell.Length == 0 && !quoted)
                return;
            EndCell();
            records.Add(record);
            record = [];
        }
    }

    private static (double Share, double Numbers, int Columns) FitOf(List<List<(string Text, bool Quoted)>> records, char delimiter)
    {
        if (records.Count == 0)
            return (0, 0, 1);
        var columns = records.GroupBy(record => record.Count).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        var share = (double)records.Count(record => record.Count == columns) / records.Count;
        // Words are cut into cells of any number by blanks.
        if (delimiter == ' ' && share < 1)
            return (0, 0, 1);
        var cells = records.SelectMany(record => record).ToList();
        var numbers = cells.Count(cell => IsNumber(cell.Text, '.') || (delimiter != ',' && IsNumber(cell.Text, ',')));
        return (share, (double)numbers / cells.Count, columns);
    }

    private static char DecimalOf(List<List<(string Text, bool Quoted)>> records, char delimiter)
    {
        var commas = false;
        foreach (var (text, quoted) in records.SelectMany(record => record))
        {
            if (text.Contains('.', StringComparison.Ordinal) && IsNumber(text, '.'))
                return '.';
            commas |= (delimiter != ',' || quoted) && text.Contains(',', StringComparison.Ordinal) && IsNumber(text, ',');
        }

        return commas ? ',' : '.';
    }

    /// <summary>
    /// A column whose first cell is text above values of another kind speaks for a header, one whose first cell is a value too against it; where all is text,
    /// names are all different, none of them empty, and none comes again below.
    /// </summary>
    private static bool HasHeader(List<List<(string Text, bool Quoted)>> records, char point, IReadOnlyList<string> nulls)
    {
        if (records.Count == 0)
            return true;
        var first = records[0];
        if (records.Count == 1)
            return !first.Exists(cell => IsValue(cell.Text));
        var against = false;
        for (var column = 0; column < first.Count; column++)
        {
            var below = records.Skip(1).Where(record => column < record.Count).Select(record => record[column].Text).Where(text => text.Length > 0 && text != CsvDialect.QuestionMark && !nulls.Contains(text)).ToList();
            var values = below.Count > 0 && below.TrueForAll(IsValue);
            if (values && !IsValue(first[column].Text) && first[column].Text.Length > 0 && !nulls.Contains(first[column].Text))
                return true;
            against |= IsValue(first[column].Text);
        }

        return !against
            && first.TrueForAll(cell => cell.Text.Length > 0)
            && first.Select(cell => cell.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() == first.Count
            && !Enumerable.Range(0, first.Count).Any(column => records.Skip(1).Any(record => column < record.Count && record[column].Text == first[column].Text));

        bool IsValue(string text) => IsNumber(text, point) || CsvDate.KindOf(Encoding.UTF8.GetBytes(text)) != CsvDateKind.None || bool.TryParse(text, out _);
    }

    private static bool IsNumber(string text, char point)
    {
        var cell = text.AsSpan().TrimStart("+-");
        var (digits, points, i) = (0, 0, 0);
        for (; i < cell.Length && (char.IsAsciiDigit(cell[i]) || (cell[i] == point && points == 0)); i++)
        {
            digits += char.IsAsciiDigit(cell[i]) ? 1 : 0;
            points += cell[i] == point ? 1 : 0;
        }

        if (digits == 0 || text.Length - cell.Length > 1)
            return false;
        var exponent = cell[i..];
        if (exponent.IsEmpty)
            return true;
        exponent = exponent[0] is 'e' or 'E' ? exponent[1..].TrimStart("+-") : [];
        return !exponent.IsEmpty && !exponent.ContainsAnyExceptInRange('0', '9');
    }
}
