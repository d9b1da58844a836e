using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Csv;

/// <summary>A file of separated values whose dialect is detected and whose cells are scanned.</summary>
/// <param name="Path">The path that DuckDB should read: the file, or a copy in a form that DuckDB can read.</param>
/// <param name="IsSignKnown">Whether the decimal sign is known, not guessed.</param>
/// <param name="SkippedLines">The lines of titles above the header and of remarks below the last row.</param>
internal sealed record CsvFile(string Path, CsvDialect Dialect, CsvHeader Header, CsvScanResult Scan, bool IsSignKnown, IReadOnlyList<long> SkippedLines)
{
    /// <summary>Reads the file once, or twice if all numbers together show another decimal sign than those of the first records.</summary>
    /// <param name="table">The file.</param>
    /// <param name="copyPath">The path for a copy of the file.</param>
    /// <param name="cancellationToken">Checked for every buffer of the file.</param>
    /// <exception cref="InvalidDatasetException">The file is not valid.</exception>
    /// <exception cref="DatasetTooLargeException">The file has more rows or columns than allowed.</exception>
    public static CsvFile Read(TableFile table, string copyPath, CancellationToken cancellationToken)
    {
        using var file = table.Open();
        var sample = new byte[Math.Min(CsvSniffer.SampleBytes, file.Length)];
        file.ReadExactly(sample);
        ForeignContent.Refuse(sample);
        var outline = CsvSniffer.Detect(sample, isWholeFile: sample.Length == file.Length, table.Csv, table.ExpectedColumns ?? [], table.LikelyDecimalPoint);
        outline.CheckFirst();
        var dialect = outline.Dialect;
        var header = CsvHeader.Read(file, outline.Preamble, dialect, table.MaxColumns, table.MaxNameLength, table.MaxHeaderBytes);
        var footer = CsvFooter.Find(file, header.Length, dialect, header.Columns.Count, outline.BeginsWithValues);
        if (Scan() is not { } scan)
        {
            // The supposed footer is the end of a quoted cell. Lines of a footer are judged one by one, where a quote within a cell is misleading.
            footer = CsvFooter.None(file);
            scan = Scan()!;
        }

        var isSignKnown = table.Csv.DecimalPoint is not null;
        if (!isSignKnown)
        {
            var sign = DecimalSign.Of(scan.Columns.Select(column => column.Decimals), dialect.Delimiter, table.LikelyDecimalPoint);
            isSignKnown = sign.IsShown || table.LikelyDecimalPoint is not null;
            if (sign.Point != dialect.DecimalPoint)
            {
                dialect = dialect with { DecimalPoint = sign.Point };
                scan = Scan()!;
            }
        }

        long[] skipped = [.. header.Preamble.Titles ?? [], .. footer.Lines.Select(line => scan.LastLine + line)];
        if (header.Preamble.Lines == 0 && footer.End == file.Length && !scan.HasMixedLineEnds)
            return new(table.Path, dialect, header, scan, isSignKnown, skipped);
        CsvPlainCopy.Write(file, header.Preamble.Length, footer.End, dialect, copyPath, cancellationToken);
        return new(copyPath, dialect, header, scan, isSignKnown, skipped);

        CsvScanResult? Scan() =>
            CsvScan.Run(file, header, footer.End, dialect, name => table.NewColumn(name, dialect.DecimalPoint), table.MaxRows, cancellationToken);
    }
}
