namespace SigmoidApi.Datasets.Formats;

/// <summary>A file of separated values, detected and scanned.</summary>
/// <param name="Path">Of the bytes that DuckDB is to read: the file's own, or a copy in its terms.</param>
/// <param name="IsSignKnown">Whether its decimal sign is no guess.</param>
internal sealed record CsvFile(string Path, CsvDialect Dialect, CsvHeader Header, CsvScanResult Scan, bool IsSignKnown)
{
    /// <summary>Reads a received file through once; twice where the numbers of its first records have the other decimal sign than all of them.</summary>
    /// <param name="task">The file and what its upload says of it.</param>
    /// <param name="copyPath">Where a copy of it may be written.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    /// <exception cref="InvalidDatasetException">The file is not what it is said to be.</exception>
    /// <exception cref="DatasetTooLargeException">More rows or columns than allowed.</exception>
    public static CsvFile Read(FileToRead task, string copyPath, CancellationToken cancellationToken)
    {
        using var file = new FileStream(task.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var sample = new byte[Math.Min(CsvSniffer.SampleBytes, file.Length)];
        file.ReadExactly(sample);
        ForeignContent.Refuse(sample);
        var dialect = CsvSniffer.Detect(sample, isWholeFile: sample.Length == file.Length, task.Csv, task.ExpectedColumns ?? [], task.LikelyDecimalPoint);
        var header = CsvHeader.Read(file, dialect, task.MaxColumns);
        var scan = CsvScan.Run(file, header, dialect, name => task.NewColumn(name, dialect.DecimalPoint), task.MaxRows, cancellationToken);
        var isSignKnown = task.Csv.DecimalPoint is not null;
        if (!isSignKnown)
        {
            var sign = DecimalSign.Of(scan.Columns.Select(column => column.Decimals), dialect.Delimiter, task.LikelyDecimalPoint);
            isSignKnown = sign.IsShown || task.LikelyDecimalPoint is not null;
            if (sign.Point != dialect.DecimalPoint)
            {
                dialect = dialect with { DecimalPoint = sign.Point };
                scan = CsvScan.Run(file, header, dialect, name => task.NewColumn(name, dialect.DecimalPoint), task.MaxRows, cancellationToken);
            }
        }

        if (header.Preamble.Lines == 0 && !scan.HasMixedLineEnds)
            return new(task.Path, dialect, header, scan, isSignKnown);
        CsvPlainCopy.Write(file, header.Preamble.Length, dialect, copyPath, cancellationToken);
        return new(copyPath, dialect, header, scan, isSignKnown);
    }
}
