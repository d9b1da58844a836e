using System.Text.Json;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http.Json;

public sealed class CellTableTests
{
    [Fact]
    public void RecordsKeepTheOrderOfNamesAndMarkMissingCells()
    {
        using var records = JsonReading.Read<Records>("""[ {"b": 1, "a": "NaN"}, {}, {"a": 2 , "c\u0061": -3}, {"ca":4,"b":5,"a":6} ]""");
        records.Names.ShouldBe(["b", "a", "ca"]);
        records.Rows.ShouldBe(4);
        Row(records, 0).ShouldBe([1, double.NaN, null]);
        Row(records, 1).ShouldBe([null, null, null]);
        Row(records, 2).ShouldBe([null, 2, -3]);
        Row(records, 3).ShouldBe([5, 6, 4]);
        records.IndexOf("ca").ShouldBe(2);
        records.IndexOf("d").ShouldBe(-1);
    }

    [Fact]
    public void RecordsGrowInRowsAndColumns()
    {
        const int Count = 100;
        var json = "[" + string.Join(',', Enumerable.Range(0, Count).Select(i => $$"""{"n{{i}}":{{i}},"all":{{-i}}}""")) + "]";
        using var records = JsonReading.Read<Records>(json);
        records.Names.Count.ShouldBe(Count + 1);
        for (var i = 0; i < Count; i++)
        {
            var expected = new double?[Count + 1];
            expected[records.IndexOf($"n{i}")] = i;
            expected[records.IndexOf("all")] = -i;
            Row(records, i).ShouldBe(expected);
        }
    }

    [Fact]
    public void CopyColumnFillsAMatrixAndNamesTheFirstRecordThatLacksIt()
    {
        using var records = JsonReading.Read<Records>("""[{"a":1,"b":2},{"a":3,"b":4},{"a":5}]""");
        var matrix = new double[6];
        records.CopyColumn(0, matrix.AsSpan(1), 2).ShouldBe(-1);
        matrix.ShouldBe([0, 1, 0, 3, 0, 5]);
        records.CopyColumn(1, matrix, 2).ShouldBe(2);
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("[{},{}]", 2)]
    public void RecordsMayBeEmpty(string json, int count)
    {
        using var records = JsonReading.Read<Records>(json);
        records.Rows.ShouldBe(count);
        records.Names.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{}""", "400 : expected an array of records, got an object")]
    [InlineData("""[1]""", "400 [0]: expected an object, got a number")]
    [InlineData("""[{"a":1},null]""", "400 [1]: expected an object, got null")]
    [InlineData("""[{"a":"x","a":null}]""", "400 [0].a: expected every name once, got it twice")]
    [InlineData("""[{"a":null,"a":null}]""", "400 [0].a: expected every name once, got it twice")]
    [InlineData("""[{"a b":]}]""", "400 : malformed JSON at line 1, byte 9: ']' is an invalid start of a value.")]
    [InlineData("""[{"a":1,"a":2}]""", "400 [0].a: expected every name once, got it twice")]
    [InlineData("""[{"a":1e999}]""", "400 [0].a: 1e999 is beyond the range of a float64")]
    [InlineData("""[{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1}]""", "413 [6]: expected at most 6 values, got more (Limits:MaxValues)")]
    [InlineData("""[{"a":1},{"b":1},{"c":1}]""", "413 [2]: expected at most 6 values, got more (Limits:MaxValues)")]
    public void InvalidRecordsAreReportedWithTheirPath(string json, string failure)
    {
        JsonReading.Failure<Records>(json, new JsonLimits(MaxValues: 6)).ShouldBe(failure);
    }

    [Theory]
    [InlineData("""[{"a":1}""")]
    [InlineData("""[{"a":1},]""")]
    [InlineData("""[{"a":1,}]""")]
    [InlineData("""[{"a" 1}]""")]
    [InlineData("""[{a:1}]""")]
    [InlineData("""[{"a""")]
    [InlineData("""[{"a\""")]
    [InlineData("""[{"a\u12":1}]""")]
    [InlineData("""[{"a\ud800":1}]""")]
    [InlineData("""[{"a":1}{"a":1}]""")]
    [InlineData("""[{"a":1 "b":1}]""")]
    [InlineData("""[{"a":1}]]""")]
    public void MalformedRecordsAreRefused(string json)
    {
        JsonReading.Failure<Records>(json).ShouldStartWith("400 : malformed JSON at ");
    }

    [Fact]
    public void ColumnsKeepTheirOrder()
    {
        using var columns = JsonReading.Read<NamedColumns>("""{ "b": [1,2,3], "a": [4,"NaN",6] }""");
        columns.Names.ShouldBe(["b", "a"]);
        columns.Rows.ShouldBe(3);
        Column(columns, 0).ShouldBe([1, 2, 3]);
        Column(columns, 1).ShouldBe([4, double.NaN, 6]);
    }

    [Theory]
    [InlineData("""[]""", "400 : expected an object of arrays, got an array")]
    [InlineData("""{"a":1}""", "400 a: expected an array, got a number")]
    [InlineData("""{"a":[1],"b":[1,2]}""", "400 b: expected 1 values, as in the first column, got 2")]
    [InlineData("""{"a":[1],"a":[1]}""", "400 a: expected every name once, got it twice")]
    [InlineData("""{"a":[1e999]}""", "400 a[0]: 1e999 is beyond the range of a float64")]
    [InlineData("""{"a":["x"],"b":[]}""", "400 b: expected 1 values, as in the first column, got 0")]
    [InlineData("""{"a":["1",null,true,"4"],"b":[1,2,3,4]}""", "413 b: expected at most 6 values, got more (Limits:MaxValues)")]
    [InlineData("""{"a":[1,2,3,4],"b":[1,2,3,4]}""", "413 b: expected at most 6 values, got more (Limits:MaxValues)")]
    public void InvalidColumnsAreReportedWithTheirPath(string json, string failure)
    {
        JsonReading.Failure<NamedColumns>(json, new JsonLimits(MaxValues: 6)).ShouldBe(failure);
    }

    [Fact]
    public void ANestedValueIsACellOfItsText()
    {
        using var records = JsonReading.Read<Records>("""[{"a":[ "x", 1 ],"b":{"c": null}},{"a":"[\"x\",1]"}]""");
        using var columns = JsonReading.Read<NamedColumns>("""{"a":[ [ "x", 1 ], "y" ],"b":[1, {"c": [ ]}]}""");

        Cells(records, 0).Select(cell => cell.Text).ShouldBe(["""["x",1]""", """{"c":null}"""]);
        records[1, 0].Text.ShouldBe("""["x",1]""");
        Cells(columns, 0).Select(cell => cell.Text).ShouldBe(["""["x",1]""", null]);
        Cells(columns, 1).Select(cell => cell.Text).ShouldBe(["y", """{"c":[]}"""]);
        JsonReading.Failure<Records>("""[{"a":[1,2,3,4,5,6,7,8,9]}]""", new JsonLimits(MaxTextBytes: 30))
            .ShouldBe("413 [0].a: expected different texts of at most 30 bytes together, got more (Limits:MaxTextBytes)");
        JsonReading.Failure<Records>($$"""[{"a":{{new string('[', 100)}}{{new string(']', 100)}}}]""").ShouldStartWith("400 : malformed JSON at line 1, byte ");
        JsonReading.Failure<Records>("""[{"a":[1,}]""").ShouldStartWith("400 : malformed JSON at line 1, byte ");
    }

    [Fact]
    public void WrittenTablesEqualTheirInput()
    {
        const string Records = """[{"a":1.5,"b":"\u003Cx\n"},{"b":null,"c":true},{}]""";
        const string Columns = """{"a":[1.5,"x","NaN"],"b":[null,false,true]}""";

        JsonSerializer.Serialize(JsonReading.Read<Records>(Records), JsonReading.Options()).ShouldBe(Records);
        JsonSerializer.Serialize(JsonReading.Read<NamedColumns>(Columns), JsonReading.Options()).ShouldBe(Columns);
    }

    private static IEnumerable<Cell> Cells(CellTable table, int row) => table.Names.Select((_, column) => table[row, column]);

    private static double[] Column(CellTable table, int column)
    {
        var values = new double[table.Rows];
        table.CopyColumn(column, values).ShouldBe(-1);
        return values;
    }

    /// <summary>The numbers of a row; null for other cells.</summary>
    private static IEnumerable<double?> Row(Records records, int row) =>
        Cells(records, row).Select(cell => cell.Kind == CellKind.Number ? cell.Number : (double?)null);
}
