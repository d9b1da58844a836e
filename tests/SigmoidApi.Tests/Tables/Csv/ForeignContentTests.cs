using System.Net;
using System.Text;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Csv;

/// <summary>A workbook, a database or a web page that is sent as separated values is named in the refusal.</summary>
[Trait("Speed", "Slow")]
public sealed class ForeignContentTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public static TheoryData<byte[], string> ForeignFiles => new()
    {
        { [.. "PK\x03\x04"u8, .. new byte[26], .. "[Content_Types].xml"u8], "an Excel workbook; save the sheet as CSV" },
        {
            [.. "PK\x03\x04"u8, .. new byte[26], .. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"u8],
            "an OpenDocument spreadsheet; save the sheet as CSV"
        },
        { [.. "PK\x03\x04"u8, .. new byte[26], .. "rows.csv"u8], "a ZIP archive; send the file that is in it, or compress it by gzip or zstd" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an Excel workbook of before 2007; save the sheet as CSV" },
        { SampleFiles.Parquet("select 1 as a"), "Parquet; send it with Content-Type application/vnd.apache.parquet" },
        { [.. "%PDF-1.7\n"u8], "a PDF document; send the table that it shows as CSV" },
        { [.. "SQLite format 3\0"u8], "an SQLite database; export the table as CSV" },
        { [.. "ARROW1\0\0"u8], "Arrow or Feather; save it as Parquet or CSV" },
        { [.. "BZh91AY&SY"u8], "an archive; send the file plain, or compressed by gzip or zstd" },
        { [0xFD, .. "7zXZ\0"u8], "an archive; send the file plain, or compressed by gzip or zstd" },
        { Encoding.Unicode.GetBytes("x,y\n1,2\n"), "text in UTF-16 without a mark; say charset=utf-16le in the Content-Type" },
        { Encoding.BigEndianUnicode.GetBytes("x,y\n1,2\n"), "text in UTF-16 without a mark; say charset=utf-16be in the Content-Type" },
        { [.. "\n<!DOCTYPE html>\n<html>"u8], "a web page; send the file that it leads to" },
    };

    [Theory]
    [MemberData(nameof(ForeignFiles))]
    public async Task FileOfAnotherKindIsNamed(byte[] file, string what)
    {
        (await _store.Refusal(file)).Errors.ShouldBe([new DatasetError(1, null, $"expected separated values; the file looks like {what}")]);
    }

    [Theory]
    [InlineData("PK,n\nx,1\n")]
    [InlineData("PAR1,n\nx,1\n")]
    [InlineData("PAR1\tn\nx\t1\n")]
    [InlineData("BZh9,n\nx,1\n")]
    public async Task FileThatBeginsSimilarlyIsRead(string csv)
    {
        (await _store.Rows(csv)).ShouldBe([["x", 1L]]);
    }

    [Fact]
    public async Task ProblemSaysWhatToDo()
    {
        await using var application = new TestApplication();

        byte[] workbook = [.. "PK\x03\x04"u8, .. new byte[26], .. "xl/workbook.xml"u8];
        (await application.Api.PostBytes("datasets?name=book", workbook, "text/csv")).Error(HttpStatusCode.BadRequest)
            .ShouldBe(("line 1", "expected separated values; the file looks like an Excel workbook; save the sheet as CSV"));
        (await application.Api.PostBytes("datasets?name=rows", SampleFiles.Parquet("select 1 as a"), "text/csv")).Error(HttpStatusCode.BadRequest)
            .ShouldBe(("line 1", "expected separated values; the file looks like Parquet; send it with Content-Type application/vnd.apache.parquet"));
    }

    public void Dispose() => _store.Dispose();
}
