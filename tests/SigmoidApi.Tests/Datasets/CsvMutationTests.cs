using System.Globalization;
using System.Text;
using SigmoidApi.Datasets;

namespace SigmoidApi.Tests.Datasets;

public sealed class CsvMutationTests : IDisposable
{
    private static readonly byte[] Structural = [.. ",\"\r\n .+-eE0159x_\0"u8, 0xFF];

    private readonly TemporaryStore _store = new();

    /// <summary>A changed file is refused and leaves nothing, or it is read as a plain reading of its text says: never a wrong number in silence.</summary>
    [Theory]
    [InlineData(1, "\n")]
    [InlineData(2, "\r\n")]
    [InlineData(3, "\n")]
    [InlineData(4, "\r\n")]
    public async Task AMutatedFileIsRefusedOrReadAsItsTextSays(int seed, string lineEnd)
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
                var (id, dataset) = await _store.Import(csv);
                var names = dataset.Columns.Select(column => column.Name).ToArray();
                var rows = await _store.Engine.ReadRowsAsync(id, names, 0, 1000, TestContext.Current.CancellationToken);
                rows.Select(row => string.Join(',', row)).ShouldBe(Plain(csv, names.Length).Select(row => string.Join(',', row)), Encoding.Latin1.GetString(csv));
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

    private static IEnumerable<double[]> Plain(byte[] csv, int columns) => Encoding.UTF8.GetString(csv).ReplaceLineEndings("\n").Split('\n')
        .SkipWhile(line => line.Count(character => character == '"') % 2 == 1).Skip(1)
        .Where(line => line.Length > 0)
        .Select(line => Array.ConvertAll(line.Split(','), cell => double.Parse(cell.Trim('"', ' ', '\t'), CultureInfo.InvariantCulture)))
        .Select(row => row.Length == columns ? row : throw new InvalidOperationException("A ragged row was accepted."));
}
