using System.Text;

namespace SigmoidApi.Tables.Csv;

/// <summary>Detects files that are often sent as separated values by mistake, by their first bytes.</summary>
internal static class ForeignContent
{
    // The names of the first files in an archive show what it is.
    private const int ArchiveBytes = 4096;

    /// <exception cref="InvalidDatasetException">The file is of another kind. The message says which, and what to do.</exception>
    public static void Refuse(ReadOnlySpan<byte> start)
    {
        if (LooksLike(start) is { } what)
            throw new InvalidDatasetException(1, null, $"expected separated values; the file looks like {what}");
    }

    private static string? LooksLike(ReadOnlySpan<byte> start) => start switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] => Archive(start[..Math.Min(start.Length, ArchiveBytes)]),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "an Excel workbook of before 2007; save the sheet as CSV",
        // A column may be called PAR1, but then no control character follows.
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', < (byte)' ' and not ((byte)'\t' or (byte)'\r' or (byte)'\n'), ..] =>
            $"Parquet; send it with Content-Type {DatasetFormat.Parquet.MediaType()}",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "a PDF document; send the table that it shows as CSV",
        _ when start.StartsWith("SQLite format 3\0"u8) => "an SQLite database; export the table as CSV",
        _ when start.StartsWith("ARROW1\0"u8) || start.StartsWith("FEA1\0"u8) => "Arrow or Feather; save it as Parquet or CSV",
        [(byte)'B', (byte)'Z', (byte)'h', _, (byte)'1', (byte)'A', (byte)'Y', (byte)'&', ..]
            or [0xFD, (byte)'7', (byte)'z', (byte)'X', ..]
            or [(byte)'7', (byte)'z', 0xBC, 0xAF, ..]
            => "an archive; send the file plain, or compressed by gzip or zstd",
        // In UTF-16 each ASCII character has a NUL before or after it.
        [> 0 and < 0x80, 0, > 0 and < 0x80, 0, ..] => "text in UTF-16 without a mark; say charset=utf-16le in the Content-Type",
        [0, > 0 and < 0x80, 0, > 0 and < 0x80, ..] => "text in UTF-16 without a mark; say charset=utf-16be in the Content-Type",
        _ when IsHtml(start) => "a web page; send the file that it leads to",
        _ => null,
    };

    private static string Archive(ReadOnlySpan<byte> start) =>
        start.IndexOf("xl/"u8) >= 0 || start.IndexOf("[Content_Types].xml"u8) >= 0 ? "an Excel workbook; save the sheet as CSV"
        : start.IndexOf("opendocument.spreadsheet"u8) >= 0 ? "an OpenDocument spreadsheet; save the sheet as CSV"
        : "a ZIP archive; send the file that is in it, or compress it by gzip or zstd";

    private static bool IsHtml(ReadOnlySpan<byte> start)
    {
        var text = start.TrimStart(" \t\r\n"u8);
        return Ascii.EqualsIgnoreCase(text[..Math.Min(text.Length, 9)], "<!doctype"u8) || Ascii.EqualsIgnoreCase(text[..Math.Min(text.Length, 5)], "<html"u8);
    }
}
