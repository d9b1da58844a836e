using System.Text;
using System.Text.Json;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http.Json;

public sealed class CellReaderTests
{
    [Fact]
    public void EveryKindOfCellIsRead()
    {
        using var records = JsonReading.Read<Records>("""[{"a":1.5,"b":"x","c":true,"d":false,"e":null},{"a":"-Infinity","b":"","c":"true","e":"NaN"}]""");

        Cells(records, 0).ShouldBe([new(CellKind.Number, 1.5), new(CellKind.Text, text: "x"), new(CellKind.True), new(CellKind.False), new(CellKind.Null)]);
        Cells(records, 1).ShouldBe(
        [
            new(CellKind.Number, double.NegativeInfinity), new(CellKind.Text, text: ""), new(CellKind.Text, text: "true"), new(CellKind.Absent),
            new(CellKind.Number),
        ]);
    }

    [Fact]
    public void ColumnsHoldTheSameCellsAsRecords()
    {
        using var columns = JsonReading.Read<NamedColumns>("""{ "a": [1.5, "x", true], "b": [ null , "x" ,false ], "c": ["y","NaN",7] }""");

        Cells(columns, 0).ShouldBe([new(CellKind.Number, 1.5), new(CellKind.Null), new(CellKind.Text, text: "y")]);
        Cells(columns, 1).ShouldBe([new(CellKind.Text, text: "x"), new(CellKind.Text, text: "x"), new(CellKind.Number)]);
        Cells(columns, 2).ShouldBe([new(CellKind.True), new(CellKind.False), new(CellKind.Number, 7)]);
    }

    /// <summary>An integer may be a key. Without its digits a model confused two adjacent account numbers.</summary>
    [Theory]
    [InlineData("9007199254740991", null)]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("-9007199254740993", "-9007199254740993")]
    [InlineData("123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012345")]
    [InlineData("9007199254740993.5", null)]
    [InlineData("1e300", null)]
    public void IntegerBeyondFloat64KeepsItsDigits(string json, string? text)
    {
        using var records = JsonReading.Read<Records>($$"""[{"a":1},{"a":{{json}}},{"a":{{json}} ,"b":2}]""");
        using var columns = JsonReading.Read<NamedColumns>($$"""{"a":[1,{{json}}, {{json}}]}""");
        var expected = new Cell(CellKind.Number, double.Parse(json, System.Globalization.CultureInfo.InvariantCulture), text);

        foreach (var table in new CellTable[] { records, columns })
        {
            table[1, 0].ShouldBe(expected);
            table[2, 0].ShouldBe(expected);
            table[1, 0].Text.ShouldBe(text);
        }

        JsonReading.Read<Matrix>($"[[{json}]]").Values[0].ShouldBe(expected.Number);
        JsonSerializer.Serialize(records, JsonReading.Options()).ShouldContain(text ?? "[{");
    }

    /// <summary>A level may have the name of a number that JSON cannot write.</summary>
    [Theory]
    [InlineData("\"NaN\"", double.NaN, "NaN")]
    [InlineData("\"\\u004eaN\"", double.NaN, "NaN")]
    [InlineData("\"Infinity\"", double.PositiveInfinity, "Infinity")]
    [InlineData("\"-Infinity\"", double.NegativeInfinity, "-Infinity")]
    [InlineData("-0.0", -0.0, null)]
    public void NamedNumbersAreNumbersAndTexts(string json, double number, string? text)
    {
        using var records = JsonReading.Read<Records>($$"""[{"a":{{json}}}]""");

        var cell = records[0, 0];
        cell.Kind.ShouldBe(CellKind.Number);
        BitConverter.DoubleToInt64Bits(cell.Number).ShouldBe(BitConverter.DoubleToInt64Bits(number));
        cell.Text.ShouldBe(text);
    }

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("\\\"\\\\\\/\\n", "\"\\/\n")]
    [InlineData("\\u00e9\\ud83d\\ude00", "é😀")]
    [InlineData("é😀, {[:]}", "é😀, {[:]}")]
    [InlineData("\\u0000", "\0")]
    [InlineData("NaN ", "NaN ")]
    public void TextsAreUnescaped(string escaped, string text)
    {
        using var records = JsonReading.Read<Records>($$"""[{"a":"{{escaped}}"}]""");
        using var columns = JsonReading.Read<NamedColumns>($$"""{"a":["{{escaped}}"]}""");

        records[0, 0].ShouldBe(new Cell(CellKind.Text, text: text));
        columns[0, 0].ShouldBe(records[0, 0]);
    }

    [Fact]
    public void RepeatedTextIsStoredOnce()
    {
        using var records = JsonReading.Read<Records>("""[{"a":"level","b":"l\u0065vel"},{"a":"level"}]""");

        records[1, 0].Text.ShouldBeSameAs(records[0, 0].Text);
        records[0, 1].Text.ShouldBeSameAs(records[0, 0].Text);
    }

    [Fact]
    public void AbsentIsNotNull()
    {
        using var records = JsonReading.Read<Records>("""[{"a":null},{"b":1}]""");

        records[0, 0].Kind.ShouldBe(CellKind.Null);
        records[1, 0].Kind.ShouldBe(CellKind.Absent);
        records[0, 1].Kind.ShouldBe(CellKind.Absent);
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("false")]
    public void CopyColumnStopsAtTheFirstCellThatIsNotANumber(string cell)
    {
        using var records = JsonReading.Read<Records>($$"""[{"a":1},{"a":"NaN"},{"a":{{cell}}},{"a":4}]""");
        using var columns = JsonReading.Read<NamedColumns>($$"""{"a":[1,"NaN",{{cell}},4]}""");

        records.CopyColumn(0, new double[4]).ShouldBe(2);
        columns.CopyColumn(0, new double[4]).ShouldBe(2);
    }

    // 64 for each different text and 2 for each of its UTF-16 units: "ab" and "cd" fit, a third does not.
    [Theory]
    [InlineData("""["ab","cd","ab","cd","ab"]""", null)]
    [InlineData("""["ab","cd",""]""", "[2]")]
    [InlineData("""["ab","cde"]""", "[1]")]
    [InlineData("""["0123456789012345678901234567890123456789"]""", "[0]")]
    [InlineData("""["\u0030123456789012345678901234567890123456789"]""", "[0]")]
    public void TextsBeyondTheLimitAreTooLarge(string array, string? index)
    {
        var limits = new JsonLimits(MaxTextBytes: 2 * (64 + 4));
        var records = "[" + string.Join(',', array[1..^1].Split(',').Select(cell => $$"""{"a":{{cell}}}""")) + "]";
        var columns = $$"""{"a":{{array}}}""";
        if (index is null)
        {
            JsonReading.Read<Records>(records, limits).Dispose();
            JsonReading.Read<NamedColumns>(columns, limits).Dispose();
        }
        else
        {
            const string Message = "expected different texts of at most 136 bytes together, got more (Limits:MaxTextBytes)";
            JsonReading.Failure<Records>(records, limits).ShouldBe($"413 {index}.a: {Message}");
            JsonReading.Failure<NamedColumns>(columns, limits).ShouldBe($"413 a{index}: {Message}");
        }
    }

    [Theory]
    [InlineData("\"x")]
    [InlineData("\"x\\\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\n\"")]
    [InlineData("\"\0\"")]
    [InlineData("nul")]
    [InlineData("nullx")]
    [InlineData("True")]
    [InlineData("truefalse")]
    [InlineData("\"x\"\"y\"")]
    [InlineData("'x'")]
    [InlineData("")]
    public void MalformedCellIsRefused(string cell)
    {
        JsonReading.Failure<Records>($$"""[{"a":{{cell}}}]""").ShouldStartWith("400 : malformed JSON at ");
        JsonReading.Failure<NamedColumns>($$"""{"a":[{{(cell.Length == 0 ? "," : cell)}}]}""").ShouldStartWith("400 : malformed JSON at ");
    }

    [Theory]
    [InlineData("\xFF")]
    [InlineData("\xC3")]
    [InlineData("\xC0\x80")]
    [InlineData("\xED\xA0\x80")]
    [InlineData("\xF4\x90\x80\x80")]
    [InlineData("\\n\xFF")]
    public void TextThatIsNotUtf8IsRefused(string bytes)
    {
        byte[] json = [.. "[{\"a\":\""u8, .. Encoding.Latin1.GetBytes(bytes), .. "\"}]"u8];

        JsonReading.Failure<Records>(json).ShouldStartWith("400 : malformed JSON at ");
    }

    /// <summary>The scanner accepts what the framework's reader accepts, and refuses what it refuses.</summary>
    [Fact]
    public void MutatedRecordsAreReadAsTheFrameworkReadsThem()
    {
        var template = """[{"a":1.5,"b":"x\u00e9\n"},{ "b" : null ,"a":"NaN","c":true},{"d":false,"b":"é😀"}]"""u8.ToArray();
        var structural = "\"\\{}[],: \nu0dtfe-.N\0"u8.ToArray();
        var random = new Random(6);
        var taken = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var json = template.ToArray();
            for (var j = random.Next(1, 3); j > 0; j--)
                json[random.Next(json.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : structural[random.Next(structural.Length)];
            var shown = Encoding.Latin1.GetString(json);
            if (Plain(json) is not { } expected)
            {
                JsonReading.Failure<Records>(json).ShouldStartWith("400 ", customMessage: shown);
                continue;
            }

            using var records = JsonReading.Read<Records>(new JsonText(json));
            records.Rows.ShouldBe(expected.Count, shown);
            for (var row = 0; row < expected.Count; row++)
            {
                records.Names.Select((name, column) => (name, records[row, column])).Where(p => p.Item2.Kind != CellKind.Absent)
                    .ShouldBe(expected[row], ignoreOrder: true, shown);
            }

            taken++;
        }

        taken.ShouldBeInRange(200, 4_800);
    }

    /// <summary>The records as the framework's JsonDocument reads them; null if they are invalid.</summary>
    private static List<List<(string, Cell)>>? Plain(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return [.. document.RootElement.EnumerateArray()
                .Select(record => record.EnumerateObject().Select(member => (member.Name, Plain(member.Value))).ToList())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private static Cell Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when double.IsFinite(value.GetDouble()) => new(CellKind.Number, value.GetDouble()),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => new(CellKind.Number),
            var text => new(CellKind.Text, text: text),
        },
        JsonValueKind.True => new(CellKind.True),
        JsonValueKind.False => new(CellKind.False),
        JsonValueKind.Null => new(CellKind.Null),
        _ => throw new NotSupportedException("No cell."),
    };

    private static IEnumerable<Cell> Cells(CellTable table, int row) => table.Names.Select((_, column) => table[row, column]);
}
