using System.Globalization;
using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;

namespace SigmoidApi.Tests.Tables;

/// <summary>Sample files in all formats.</summary>
internal static class SampleFiles
{
    /// <summary>A Parquet file with the result of a DuckDB query.</summary>
    public static byte[] Parquet(string query, string options = "")
    {
        var path = Path.Combine(Path.GetTempPath(), $"sigmoid-{Guid.NewGuid():n}.parquet");
        try
        {
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"set TimeZone = 'UTC'; copy ({query}) to '{path}' (format parquet{options})";
            command.ExecuteNonQuery();
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The rows of a CSV text as Parquet, with the given types of columns.</summary>
    public static byte[] ParquetOf(string csv, string columns)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sigmoid-{Guid.NewGuid():n}.csv");
        try
        {
            File.WriteAllText(path, csv);
            return Parquet($"select * from read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {{{columns}}})");
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain);
        return packed.ToArray();
    }

    public static byte[] Zstd(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var zstd = new ZstdSharp.CompressionStream(packed, leaveOpen: true))
            zstd.Write(plain);
        return packed.ToArray();
    }

    /// <summary>Files of every format and some variants, most with <paramref name="rows"/> rows. <c>MutatedFileTests</c> changes them.</summary>
    public static IReadOnlyList<(string Name, string MediaType, byte[] Bytes)> All(int rows)
    {
        var random = new Random(6);
        var records = Enumerable.Range(0, rows).Select(i => (
            Age: random.Next(18, 90),
            Income: random.Next(10) == 0 ? null : (random.NextDouble() * 5000).ToString("F2", CultureInfo.InvariantCulture),
            Kind: new[] { "internal", "external", "both, \"mixed\"", "größer" }[random.Next(4)],
            Since: new DateOnly(2020, 1, 1).AddDays(random.Next(2000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Good: random.Next(2))).ToArray();
        string Kind(string kind, string quote) => kind.Replace("\"", quote, StringComparison.Ordinal);
        var csv = "age,income,kind,since,good\n"
            + string.Concat(records.Select(r => $"{r.Age},{r.Income},\"{Kind(r.Kind, "\"\"")}\",{r.Since},{r.Good}\n"));
        var lines = records
            .Select(r => $$"""
                {"age":{{r.Age}},"income":{{r.Income ?? "null"}},"kind":"{{Kind(r.Kind, "\\\"")}}","since":"{{r.Since}}","good":{{r.Good}}}
                """)
            .ToArray();
        var libsvm = string.Concat(records.Select(r => $"{r.Good} 1:{r.Age}{(r.Income is null ? "" : $" 3:{r.Income}")} 7:1\n"));
        const string Types = "'age': 'INTEGER', 'income': 'DOUBLE', 'kind': 'VARCHAR', 'since': 'DATE', 'good': 'BOOLEAN'";
        const string Wide = "select i % 7 as a, i::decimal(18, 4) / 3 as b, case when i % 5 = 0 then null else 'level ' || i % 3 end as c, "
            + "timestamptz '2024-01-01' + interval (i) hour as d, [i, i + 1] as e, {'x': i, 'y': 'z'} as f, i % 2 = 0 as g, uuid() as h, "
            + "(i / 9)::float as j, i::hugeint as k, ('\\xAA' || chr((65 + i % 20)::integer))::blob as l from range(300) t(i)";
        var withCommas = csv.Replace(',', ';').Replace('.', ',').ReplaceLineEndings("\r\n");
        var nested = lines.Select((line, i) => $"{{\"a\":[{i},null],\"b\":{line},\"c\":{(i % 2 == 0 ? "true" : "\"x\"")}}}");
        var parquet = ParquetOf(csv, Types);
        return
        [
            ("csv", "text/csv", Encoding.UTF8.GetBytes(csv)),
            ("csv of semicolons and decimal commas, in UTF-16", "text/csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(withCommas)]),
            ("json", "application/json", Encoding.UTF8.GetBytes($"[{string.Join(",\n", lines)}]")),
            ("ndjson", "application/x-ndjson", Encoding.UTF8.GetBytes(string.Join('\n', lines))),
            ("nested ndjson", "application/x-ndjson", Encoding.UTF8.GetBytes(string.Join('\n', nested))),
            ("libsvm", "text/x-libsvm", Encoding.UTF8.GetBytes(libsvm)),
            ("parquet", "application/vnd.apache.parquet", parquet),
            ("plain parquet", "application/vnd.apache.parquet", Parquet(Wide, ", compression uncompressed")),
            ("zstd parquet of version 2", "application/vnd.apache.parquet", Parquet(Wide, ", compression zstd, parquet_version v2, row_group_size 128")),
            ("gzip parquet without dictionaries", "application/vnd.apache.parquet", Parquet(Wide, ", compression gzip, dictionary_size_limit 1")),
            ("parquet of 0 rows", "application/vnd.apache.parquet", Parquet("select 1 as a, 'x' as b where false")),
        ];
    }

    /// <summary>The only column of a query of a file, called <c>f</c>.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="select">The query up to its FROM.</param>
    /// <param name="options">How separated values are written.</param>
    public static async Task<string[]> Query(byte[] file, string format, string select, string options = "")
    {
        var path = Path.Combine(Path.GetTempPath(), $"sigmoid-{Guid.NewGuid():n}.{format}");
        try
        {
            await File.WriteAllBytesAsync(path, file, TestContext.Current.CancellationToken);
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = select + format switch
            {
                "parquet" => $" from read_parquet('{path}') f",
                "csv" => $" from read_csv('{path}', all_varchar = true, header = true{options}) f",
                _ => $" from read_json('{path}', sample_size = -1) f",
            };
            using var reader = command.ExecuteReader();
            var values = new List<string>();
            while (reader.Read())
                values.Add(reader.GetValue(0).ToString()!);
            return [.. values];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
