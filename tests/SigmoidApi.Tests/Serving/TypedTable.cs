using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Serving;

/// <summary>A random table of typed values, written in any format the way common programs write it.</summary>
internal sealed class TypedTable
{
    private const double Missing = 0.1;

    /// <summary>The columns: doubles, longs, flags as long or double, booleans, dates, times and texts.</summary>
    private static readonly (string Name, string SqlType, Func<Random, object> Value)[] Columns =
    [
        ("size", "DOUBLE", random => random.Next(3) switch
        {
            0 => (random.NextDouble() - 0.5) * 2000,
            1 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-60, 60)),
            _ => random.Next(-9, 9) + 0.5,
        }),
        ("extreme", "DOUBLE", random => random.Next(2) == 0
            ? OneOf(random, 5e-324, -4.9e-310, double.MaxValue, 0.1, 1 / 3.0, -2.2250738585072014e-308, 0.0) : AnyFinite(random)),
        ("count", "BIGINT", random => random.NextInt64(random.Next(2) == 0 ? 1000 : 1L << random.Next(54))),
        ("seen", "BIGINT", random => random.NextInt64(2)),
        // The type that pandas gives a flag with a missing value.
        ("returned", "DOUBLE", random => (double)random.Next(2)),
        ("member", "BOOLEAN", random => random.Next(2) == 0),
        ("since", "DATE", random => new DateOnly(2000, 1, 1).AddDays(random.Next(-20_000, 20_000))),
        ("sent", "TIMESTAMP", random => DateTime.UnixEpoch.AddMicroseconds(random.NextInt64(1_000_000_000_000_000))),
        ("account", "VARCHAR", random => OneOf(random, "9007199254740993", "9007199254740995", "12345678901234567890", "-9007199254740993")),
        ("kind", "VARCHAR", random => OneOf(
            random, "internal", "größer", "a,b;c\td|e", "\"quoted\" 'twice'", "007", "x\ny", "日本", "-5x", "😀", "1.2.3")),
    ];

    private static readonly SearchValues<char> InNeedOfQuotes = SearchValues.Create("\"\r\n\t,;|'");

    private readonly object?[][] _rows;

    private TypedTable(object?[][] rows) => _rows = rows;

    public static Gen<TypedTable> Any { get; } = Gen.Int[0, int.MaxValue].Select(seed => Of(new Random(seed)));

    public int Rows => _rows.Length;

    public static IReadOnlyList<string> Names { get; } = [.. Columns.Select(column => column.Name), "y"];

    public int MissingOf(string column) => _rows.Count(row => row[Names.ToList().IndexOf(column)] is null);

    /// <summary>The table as CSV.</summary>
    public byte[] Csv(CsvStyle style)
    {
        var lines = _rows.Select(row => row.Select((value, i) => Cell(value, i, style)));
        var header = Names.Select(name => Quoted(name, style));
        var text = string.Concat((style.Header ? lines.Prepend(header) : lines).Select(line => string.Join(style.Delimiter, line) + style.LineEnd));
        return [.. style.ByteOrderMark ? Encoding.UTF8.Preamble : default, .. Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>The table as a JSON array or as JSON lines, with numbers as numbers or everything as texts.</summary>
    public byte[] Json(bool lines, bool asTexts = false)
    {
        var records = _rows.Select(row => "{" + string.Join(", ", row.Select((value, i) => (Name: Names[i], Value: value, Json: JsonOf(value, i, asTexts)))
            // A null may be left out if another record has the name.
            .Where((cell, i) => cell.Value is not null || i % 2 == 0 || MissingOf(cell.Name) == Rows)
            .Select(cell => $"{JsonSerializer.Serialize(cell.Name)}: {cell.Json}")) + "}");
        return Encoding.UTF8.GetBytes(lines ? string.Join('\n', records) + "\n" : $"[{string.Join(",\n ", records)}]");
    }

    public byte[] Parquet()
    {
        var types = Columns.Select(column => column.SqlType).Append("VARCHAR").ToArray();
        var rows = _rows.Select(row => $"({string.Join(", ", row.Select((value, i) => $"{Literal(value)}::{types[i]}"))})");
        return SampleFiles.Parquet($"select * from (values {string.Join(", ", rows)}) t({string.Join(", ", Names)})");
    }

    /// <summary>Records for a model's predict, each with all names.</summary>
    public string Records(bool asTexts) =>
        $"[{string.Join(", ", _rows.Select(row => $"{{{string.Join(", ", row.Select((value, i) => $"\"{Names[i]}\": {JsonOf(value, i, asTexts)}"))}}}"))}]";

    /// <summary>Whether a value is what <c>GET …/rows</c> returned.</summary>
    public static bool IsSame(object? value, JsonElement given) => value switch
    {
        null => given.ValueKind == JsonValueKind.Null,
        double or long => given.ValueKind == JsonValueKind.Number
            && BitConverter.DoubleToInt64Bits(given.GetDouble() + 0.0)
                == BitConverter.DoubleToInt64Bits(Convert.ToDouble(value, CultureInfo.InvariantCulture) + 0.0),
        bool truth => given.ValueKind == (truth ? JsonValueKind.True : JsonValueKind.False),
        DateOnly date => given.GetString() == date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => given.GetDateTime() == time,
        _ => given.GetString() == (string)value,
    };

    public object? this[int row, int column] => _rows[row][column];

    private static TypedTable Of(Random random) => new([.. Enumerable.Range(0, random.Next(40, 90)).Select(row => Columns
        // The first row has all values, so that all formats have the columns in the same order.
        .Select(column => row > 0 && random.NextDouble() < Missing ? null : column.Value(random))
        .Append(row < 2 || random.Next(2) == 0 ? row == 0 ? "no" : "yes" : "no").ToArray())]);

    private static object OneOf<T>(Random random, params T[] values)
        where T : notnull => values[random.Next(values.Length)];

    private static double AnyFinite(Random random)
    {
        double value;
        do
            value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        while (!double.IsFinite(value));
        return value;
    }

    /// <summary>A value as text, the way pandas, R or databases write it.</summary>
    private static string Plain(object value) => value switch
    {
        // Python writes whole floats this way.
        double number when Math.Abs(number) < 1e15 && number == Math.Round(number) => number.ToString("F1", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private static string Cell(object? value, int column, CsvStyle style)
    {
        if (value is null)
            return column == 2 && style.Missing.Length > 0 ? style.Missing : "";
        var text = value switch
        {
            double => Plain(value).Replace('.', style.Decimal),
            long number when style.Thousands.Length > 0 && Math.Abs(number) >= 1000 =>
                number.ToString("N0", new NumberFormatInfo { NumberGroupSeparator = style.Thousands, NegativeSign = "-" }),
            bool truth => truth ? style.True : style.True switch { "TRUE" => "FALSE", "True" => "False", _ => "false" },
            DateOnly date => date.ToString(style.Date, CultureInfo.InvariantCulture),
            // The same time with another UTC offset.
            DateTime time => time.AddHours(style.Offset).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
                + (style.Offset == 0 ? "Z" : $"+0{style.Offset}:00"),
            _ => Plain(value),
        };
        return Quoted(text, style);
    }

    private static string Literal(object? value) => value is null ? "null" : $"'{Plain(value).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Quoted(string text, CsvStyle style) =>
        style.QuoteAll || text.AsSpan().IndexOfAny(InNeedOfQuotes) >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string JsonOf(object? value, int column, bool asTexts) => value switch
    {
        null => asTexts ? "\"\"" : "null",
        double or long or bool when !asTexts => Plain(value),
        // Some writers write such a key as a number.
        string digits when !asTexts && Names[column] == "account" => digits,
        DateTime time => $"\"{time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)}\"",
        _ => JsonSerializer.Serialize(Plain(value)),
    };
}

/// <summary>How a program writes CSV.</summary>
internal sealed record CsvStyle(
    char Delimiter = ',', char Decimal = '.', bool QuoteAll = false, bool Header = true, string LineEnd = "\n", bool ByteOrderMark = false,
    string Thousands = "", string True = "true",
    string Date = "yyyy-MM-dd", int Offset = 0, string Missing = "")
{
    public static IReadOnlyList<CsvStyle> All { get; } =
    [
        new(),
        new(Delimiter: ';', Decimal: ',', LineEnd: "\r\n", ByteOrderMark: true, Date: "dd.MM.yyyy", True: "TRUE"),
        new(Delimiter: '\t', QuoteAll: true, True: "True", Missing: "NA"),
        new(Delimiter: '|', LineEnd: "\r", Offset: 2, Thousands: "'"),
        new(Thousands: ",", Missing: "-", Date: "yyyy/MM/dd"),
        new(Delimiter: ';', Decimal: ',', Thousands: "\u00a0", QuoteAll: true, Offset: 5),
    ];
}
