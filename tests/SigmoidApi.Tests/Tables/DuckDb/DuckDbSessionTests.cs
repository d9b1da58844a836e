using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tests.Tables.DuckDb;

/// <summary>DuckDB can open only the files that it is given.</summary>
public sealed class DuckDbSessionTests
{
    [Theory]
    [InlineData("select * from read_csv('/etc/passwd')")]
    [InlineData("select * from read_text('/proc/self/environ')")]
    [InlineData("select * from glob('/*')")]
    [InlineData("select * from read_csv('https://example.com/a.csv')")]
    [InlineData("copy (select 1) to '/tmp/sigmoid-should-not-be'")]
    [InlineData("attach '/tmp/sigmoid-should-not-be.db'")]
    [InlineData("install httpfs")]
    [InlineData("load httpfs")]
    [InlineData("create persistent secret s (type http, bearer_token 'x')")]
    [InlineData("set enable_external_access = true")]
    [InlineData("set allowed_paths = ['/etc/passwd']")]
    [InlineData("set memory_limit = '100GB'")]
    [InlineData("set temp_directory = '/tmp'")]
    [InlineData("reset lock_configuration")]
    public void SessionReadsOnlyTheFilesItWasGiven(string sql)
    {
        using var session = new DuckDbSession(Path.Combine(Path.GetTempPath(), $"sigmoid-session-{Guid.NewGuid():n}"), new(256, 1, 1_000_000), progress: null);
        session.Settle(1);

        Should.Throw<DuckDB.NET.Data.DuckDBException>(() => session.Rows(sql, TestContext.Current.CancellationToken));
    }
}
