using System.Text;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Csv;

namespace SigmoidApi.Tests.Tables.Csv;

/// <summary>Whether the first record is a header with the names of the columns.</summary>
public sealed class HeaderDetectionTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public static TheoryData<string, string, bool> Files => new()
    {
        { "a data frame's index over texts", ",color,size,answer\n0,red,S,yes\n1,blue,M,no\n2,red,L,yes\n3,blue,S,no\n", true },
        { "a data frame's index, and a value like its name", ",color,y\n0,red,y\n1,blue,n\n", true },
        { "an index of a part of the rows", ",color,answer\n17,red,yes\n3,blue,no\n25,red,yes\n4,blue,no\n", true },
        { "an index over columns that are counted", ",0,1\n0,1.5,red\n1,2.5,blue\n2,0.5,red\n", true },
        { "a missing number", ",male,yes\n22,female,no\n38,male,yes\n22,female,no\n", false },
        { "a missing number in a short file", ",5\n7,3\n", false },
        { "an empty name over nothing", "color,size,\nred,S,\nblue,M,\n", true },
        { "a missing text", "red,,yes\nblue,S,no\nred,M,yes\n", false },
        { "a value like its column's name", "color,y\nred,y\nblue,n\nred,n\nblue,y\n", true },
        { "levels in every record", "red,y\nblue,n\nred,n\nblue,y\n", false },
        { "a text of its own next to a level", "anna,x\nbert,x\nclara,y\n", false },
        { "levels, and one that is rare", "red,S,yes,teal\nblue,M,no,mint\nred,S,no,mint\nblue,M,yes,mint\n", false },
        { "years", "country,2019,2020,grew\nDE,1.5,2.5,yes\nFR,2.5,1.5,no\nIT,1,2,yes\n", true },
        { "years backwards", "country,2020,2019,grew\nDE,1.5,2.5,yes\nFR,2.5,1.5,no\nIT,1,2,yes\n", true },
        { "decades", "country,1990,2000,2010\nDE,1,2,3\nFR,2,1,0\n", true },
        { "years over years", "anna,1990,2012,yes\nbert,1985,2010,no\nclara,1991,2013,yes\n", false },
        { "years and another number", "DE,2019,2020,1.5\nFR,2.5,1.5,2\nIT,1,2,3\n", false },
        { "numbers in no order", "DE,2020,1950,yes\nFR,3100,120,no\nIT,9000,40,yes\n", false },
        { "years without a name", "1990,1991\n0.5,0.25\n", false },
        { "names that come twice", "color,color,answer\nred,blue,yes\nblue,red,no\n", true },
        { "levels that come twice", "yes,yes,no\nno,yes,yes\nyes,no,no\n", false },
        { "numbers only", "5.1,3.5,1.4\n4.9,3,1.4\n", false },
        { "numbers and a class", "5.1,3.5,setosa\n4.9,3,setosa\n6.3,3.3,virginica\n", false },
        { "thousands", "\"1,234\",red\n\"2,500\",blue\n999,red\n", false },
        { "dates over numbers", "region,\"Jan 31, 2024\",\"Feb 29, 2024\"\nnorth,12,15\nsouth,7,9\n", true },
        { "a date over dates", "\"Jan 31, 2024\",red\n\"Feb 29, 2024\",blue\n", false },
        { "an amount over amounts", "₩12,000;red\n₩8,000;blue\n", false },
        { "a name over amounts", "price;color\n₩12,000;red\n₩8,000;blue\n", true },
        { "a name over slash dates", "day,color\n01/02/2024,red\n03/04/2024,blue\n", true },
        { "levels only, as in the mushrooms' file", "p,x,s\ne,x,s\ne,b,s\np,x,y\ne,x,s\n", false },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void HeaderIsDetected(string file, string csv, bool hasHeader) => HasHeader(csv).ShouldBe(hasHeader, file);

    [Theory]
    [InlineData("color,size\nred,S\nblue,size\n", true, "color", "size")]
    [InlineData("size,color,more\nS,red,5\nsize,color,more\n", true, "color", "size")]
    [InlineData(",color,size\n7,red,color\n7,blue,size\n", true, "color", "size")]
    [InlineData(",color\n5,color\n5,color\n", true, "column1", "color")]
    [InlineData("2019,2020\n2019,2020\n", true, "2019", "2020")]
    [InlineData("color,size\ncolor,size\n", true, "color", "size")]
    [InlineData("color,size\ncolor,size\n", false, "color", "weight")]
    public void NamesThatAModelNeedsAreAHeader(string csv, bool hasHeader, params string[] expected) => HasHeader(csv, expected).ShouldBe(hasHeader);

    [Theory]
    [InlineData(",color,size,answer\n0,red,S,yes\n1,blue,M,no\n2,red,L,yes\n3,blue,S,no\n", "column1,color,size,answer")]
    [InlineData("color,y\nred,y\nblue,n\nred,n\nblue,y\n", "color,y")]
    [InlineData("country,2019,2020,grew\nDE,1.5,2.5,yes\nFR,2.5,1.5,no\nIT,1,2,yes\n", "country,2019,2020,grew")]
    [InlineData("a,,column2\n1,2,3\n2,3,4\n", "a,column2_1,column2")]
    [InlineData("COLUMN2,,column2_1\n1,2,3\n2,3,4\n", "COLUMN2,column2_2,column2_1")]
    public async Task AHeaderNamesTheColumns(string csv, string names)
    {
        var (_, dataset) = await _store.Import(csv);

        dataset.Columns.Select(column => column.Name).ShouldBe(names.Split(','));
        dataset.Rows.ShouldBe(csv.Count(c => c == '\n') - 1);
    }

    /// <summary>Two concatenated files.</summary>
    [Fact]
    public async Task RepeatedHeaderIsAnErrorWithItsLine()
    {
        const string Csv = "name,a\nx,1\nz,2\nw,3\n";

        (await _store.Refusal(Csv + Csv)).Errors.ShouldHaveSingleItem().Line.ShouldBe(5);
    }

    [Fact]
    public async Task DuplicateNamesAboveTextsAreRefusedToo()
    {
        (await _store.Refusal("color,color,answer\nred,blue,yes\nblue,red,no\n")).Errors
            .ShouldBe([new DatasetError(1, "color", "column 2 has the name of column 1 (names that differ only in case count as equal)")]);
    }

    public void Dispose() => _store.Dispose();

    private static bool HasHeader(string csv, params string[] expected) =>
        CsvSniffer.Detect(Encoding.UTF8.GetBytes(csv), isWholeFile: true, new(), expected).Dialect.Header;
}
