using SigmoidApi.Datasets;

namespace SigmoidApi.Tests.Tables.Libsvm;

public sealed class LibsvmFileTests : IDisposable
{
    private static readonly DatasetUploadQuery Libsvm = new("libsvm", null, null, null, null, null, null);

    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task UnnamedFeaturesAreZero()
    {
        var (id, dataset) = await _store.Import("+1 1:0.5 4:-2 # a remark\n-1 2:1e3\n\n-1\n", Libsvm);

        dataset.Columns.Select(column => column.Name).ShouldBe(["label", "x1", "x2", "x3", "x4"]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken))
            .ShouldBe([[1.0, 0.5, 0.0, 0.0, -2.0], [-1.0, 0.0, 1000.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0, 0.0]]);
        dataset.Columns.ShouldAllBe(column => column.Missing == 0);
    }

    [Fact]
    public async Task IndicesMayCountFromZero()
    {
        (await _store.Import("1 0:5 1:6\n0 1:7\n", Libsvm)).Dataset.Columns.Select(column => column.Name).ShouldBe(["label", "x0", "x1"]);
    }

    [Fact]
    public async Task ManyRowsKeepTheirOrder()
    {
        var (id, dataset) = await _store.Import(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i % 2} 1:{i} 3:{i % 7}\n")), Libsvm);

        dataset.Rows.ShouldBe(10_000);
        _store.Numbers(id, dataset.Columns[1])[0].ShouldBe(Enumerable.Range(0, 10_000).Select(i => (double)i));
    }

    [Theory]
    [InlineData("1 1:0.5\nx 1:1\n", 2)]
    [InlineData("1 1:0.5\n0 1:nan\n", 2)]
    [InlineData("1 2:0.5 1:1\n", 1)]
    [InlineData("1 qid:3 1:1\n", 1)]
    [InlineData("1 1:1e999\n", 1)]
    [InlineData("1\n0\n", 1)]
    [InlineData("", 1)]
    public async Task AWrongLineIsNamed(string text, long line)
    {
        (await _store.Refusal(text, Libsvm)).Errors[0].Line.ShouldBe(line);
    }

    public void Dispose() => _store.Dispose();
}
