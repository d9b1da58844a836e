using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Csv;

/// <summary>A file of separated values, detected and scanned.</summary>
/// <param name="Path">Of the bytes that DuckDB is to read: the file's own, or a copy in its terms.</param>
/// <param name="IsSignKnown">Whether its decimal sign is no guess.</param>
/// <param name="SkippedLines">Titles above the header and remarks below the last row, by their lines.</param>
internal sealed record CsvFile(string Path, CsvDialect Dialect, CsvHeader Header, CsvScanResult Scan, bool IsSignKnown, IReadOnlyList<long> SkippedLines)
{
    /// <summary>Reads a received file through once; twice where the numbers of its first records have the other decimal sign than all of them.</summary>
    /// <param name="task">The file and what its upload says of it.</param>
    /// <param name="copyPath">Where a copy of it may be written.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    /// <exception cref="InvalidDatasetException">The file is not what it is said to be.</exception>
    /// <exception cref="DatasetTooLargeException">More rows or columns than allowed.</exception>
    public static CsvFile Read(FileToRead task, string copyPath, CancellationToken cancellationToken)
    {
        using var file = task.Open();
        var sample = new byte[Math.Min(CsvSniffer.SampleBytes, file.Length)];
        file.ReadExactly(sample);
        ForeignContent.Refuse(sample);
        var outline = CsvSniffer.Detect(sample, isWholeFile: sample.Length == file.Length, task.Csv, task.ExpectedColumns ?? [], task.LikelyDecimalPoint);
        outline.CheckFirst();
        var dialect = outline.Dialect;
        var header = CsvHeader.Read(file, outline.Preamble, dialect, task.MaxColumns, task.MaxNameLength, task.MaxHeaderBytes);
        var footer = CsvFooter.Find(file, header.Length, dialect, header.Columns.Count, outline.BeginsWithValues);
        if (Scan() is not { } scan)
        {
            // What was taken for a footer is the end of a cell in quotes. The line of a footer is judged by itself, and a quote within a cell misleads.
            footer = CsvFooter.None(file);
            scan = Scan()!;
        }

        var isSignKnown = task.Csv.DecimalPoint is not null;
        if (!isSignKnown)
        {
            var sign = DecimalSign.Of(scan.Columns.Select(column => column.Decimals), dialect.Delimiter, task.LikelyDecimalPoint);
            isSignKnown = sign.IsShown || task.LikelyDecimalPoint is not null;
            if (sign.Point != dialect.DecimalPoint)
            {
                dialect = dialect with { DecimalPoint = sign.Point };
                scan = Scan()!;
            }
        }

        long[] skipped = [.. header.Preamble.Titles ?? [], .. footer.Lines.Select(line => scan.LastLine + line)];
        if (header.Preamble.Lines == 0 && footer.End == file.Length && !scan.HasMixedLineEnds)
            return new(task.Path, dialect, header, scan, isSignKnown, skipped);
        CsvPlainCopy.Write(file, header.Preamble.Length, footer.End, dialect, copyPath, cancellationToken);
        return new(copyPath, dialect, header, scan, isSignKnown, skipped);

        CsvScanResult? Scan() =>
            CsvScan.Run(file, header, footer.End, dialect, name => task.NewColumn(name, dialect.DecimalPoint), task.MaxRows, cancellationToken);
    }
}
