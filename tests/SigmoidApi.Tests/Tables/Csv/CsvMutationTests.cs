using System.Globalization;
using System.Text;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Csv;

[Trait("Speed", "Slow")]
public sealed class CsvMutationTests : IDisposable
{
    private static readonly byte[] Structural = [.. ",\"\r\n .+-eE0159x_\0"u8, 0xFF];

    // Set, not detected: detection may rightly give another dialect for a changed file.
    private static readonly DatasetUploadQuery Dialect = new("csv", ",", "\"", ".", "true", null, null);

    private readonly TemporaryStore _store = new();

    /// <summary>A changed file is refused and leaves nothing, or it is read like a simple parser reads it. No number is ever silently wrong.</summary>
    [Theory]
    [InlineData(1, "\n")]
    [InlineData(2, "\r\n")]
    [InlineData(3, "\n")]
    [InlineData(4, "\r\n")]
    public async Task MutatedFileIsRefusedOrReadLikeASimpleParserDoes(int seed, string lineEnd)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var file = 0; file < 50; file++)
        {
            var columns = random.Next(1, 4);
            var csv = Encoding.UTF8.GetBytes(Text(random, columns, lineEnd));
            for (var i = random.Next(1, 3); i > 0; i--)
                csv[random.Next(csv.Length)] = file % 2 == 0 ? Structural[random.Next(Structural.Length)] : (byte)random.Next(256);
            try
            {
                var (id, dataset) = await _store.Import(csv, Dialect);
                var rows = await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 1000, TestContext.Current.CancellationToken);
                var plain = Plain(Encoding.UTF8.GetString(csv)).Skip(1).ToArray();
                rows.Count.ShouldBe(plain.Length, Encoding.Latin1.GetString(csv));
                foreach (var (row, cells) in rows.Zip(plain))
                {
                    row.Length.ShouldBe(cells.Length);
                    foreach (var (value, cell) in row.Zip(cells))
                        Means(cell, value).ShouldBeTrue($"'{cell}' became '{value}' in {Encoding.Latin1.GetString(csv)}");
                }

                _store.Files.Delete(id);
                accepted++;
            }
            catch (InvalidDatasetException refusal)
            {
                refusal.Errors.Count.ShouldBe((int)Math.Min(refusal.ErrorCount, 10));
                refusal.Errors.ShouldAllBe(error => error.Line >= 1 && error.Message.Length > 0);
            }

            _store.Entries.ShouldBeEmpty();
        }

        accepted.ShouldBeInRange(1, 49);
    }

    public void Dispose() => _store.Dispose();

    private static string Text(Random random, int columns, string lineEnd)
    {
        var lines = Enumerable.Range(0, random.Next(1, 30)).Select(_ => string.Join(',', Enumerable.Range(0, columns).Select(_ => random.Next(4) switch
        {
            0 => random.Next(1000).ToString(CultureInfo.InvariantCulture),
            1 => $"\"{random.Next(-9, 9)}\"",
            2 => random.NextDouble().ToString("E3", CultureInfo.InvariantCulture),
            _ => $" {random.NextDouble() - 0.5:F3}",
        })));
        return string.Join(lineEnd, lines.Prepend(string.Join(',', Enumerable.Range(0, columns).Select(i => $"\"c{i}\"")))) + lineEnd;
    }

    /// <summary>Whether a written cell means the stored value.</summary>
    private static bool Means(string cell, object? value)
    {
        var trimmed = cell.Trim(' ', '\t');
        return value switch
        {
            null => trimmed.Length == 0
                || MissingWords.Default.Nulls.Contains(trimmed)
                || MissingWords.Marks.Contains(trimmed, StringComparer.OrdinalIgnoreCase),
            string text => text == cell || text == trimmed || IsDate(text),
            bool flag => (trimmed is "0" or "1" ? trimmed == "1" : bool.Parse(cell)) == flag,
            _ => double.Parse(cell.Trim(' ', '\t', '$', '%'), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
                == Convert.ToDouble(value, CultureInfo.InvariantCulture),
        };

        bool IsDate(string text) => DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, out var time)
            && text.StartsWith(time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    /// <summary>The records of RFC 4180, without empty lines.</summary>
    private static IEnumerable<string[]> Plain(string text)
    {
        var (record, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = text.StartsWith('\uFEFF') ? 1 : 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (quoted)
            {
                if (c != '"')
                    cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    cell.Append(text[++i]);
                else
                    quoted = false;
            }
            else if (c == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (c is ',' or '\r' or '\n')
            {
                if (c == ',' || record.Count > 0 || cell.Length > 0)
                    record.Add(cell.ToString());
                cell.Clear();
                if (c == ',' || record.Count == 0)
                    continue;
                yield return [.. record];
                record.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }
    }
}
