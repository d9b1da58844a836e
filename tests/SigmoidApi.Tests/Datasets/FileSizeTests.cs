using System.Net;
using System.Text;

namespace SigmoidApi.Tests.Datasets;

/// <summary>Each part of a file has a limit of its size. The limit is a setting, and the problem names it.</summary>
[Trait("Speed", "Slow")]
public sealed class FileSizeTests
{
    private static readonly string Names = string.Join(',', Enumerable.Range(0, 60).Select(i => $"a_long_name_of_a_column_{i}"));

    private static readonly string Wide = $"{Names}\n{string.Join(',', Enumerable.Range(0, 60))}\n";

    [Fact]
    public async Task ColumnNamesHaveALimit()
    {
        await using var application = new TestApplication { Settings = { ["Datasets:MaxHeaderBytes"] = "1500" } };
        var record = $"{{{string.Join(',', Names.Split(',').Select(name => $"\"{name}\":1"))}}}\n";

        (await application.Api.PostBytes("datasets?name=wide", Encoding.UTF8.GetBytes(Wide), "text/csv")).Error()
            .ShouldBe(("line 1", "expected a header of at most 1500 bytes (Datasets:MaxHeaderBytes)"));
        (await application.Api.PostBytes("datasets?name=wide", Encoding.UTF8.GetBytes(record), "application/x-ndjson")).Error()
            .ShouldBe(("line 1", "expected names of at most 1500 bytes together (Datasets:MaxHeaderBytes)"));
        await application.Api.Upload("name=narrow", "a,b\n1,2\n2,3\n");
    }

    [Fact]
    public async Task LineHasALimit()
    {
        await using var application = new TestApplication { Settings = { ["Datasets:MaxHeaderBytes"] = "1024", ["Datasets:MaxLineBytes"] = "5000" } };

        await application.Api.Upload("name=short", Lines(4_900));
        (await application.Api.PostBytes("datasets?name=long", Encoding.UTF8.GetBytes(Lines(20_000)), "text/csv")).Error().Message
            .ShouldBe("the rows can't be read: a line takes more than 5000 bytes (Datasets:MaxLineBytes), or quotes are not as they should be");
    }

    [Fact]
    public async Task LongerLinesAreReadIfTheSettingAllowsThem()
    {
        await using var application = new TestApplication { Settings = { ["Datasets:MaxLineBytes"] = "10000000" } };

        (await application.Api.Upload("name=long", Lines(6_000_000))).GetProperty("rows").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task FooterHasALimit()
    {
        await using var application = new TestApplication { Settings = { ["Datasets:MaxFooterBytes"] = "1024" } };
        await application.Api.Upload("name=wide", Wide);
        var file = (await application.Api.Get("datasets/wide/content?format=parquet")).Expect(HttpStatusCode.OK).Content;

        (await application.Api.PostBytes("datasets?name=wide", file, "application/vnd.apache.parquet")).Problem(HttpStatusCode.RequestEntityTooLarge).Detail
            .ShouldMatch(@"^The file's footer has \d+ bytes; at most 1024 are taken \(Datasets:MaxFooterBytes\)\. Write it with larger row groups\.$");
    }

    private static string Lines(int length) => $"text,x\nshort,1\n{new string('t', length)},2\n";
}
