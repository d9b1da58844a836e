using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using SigmoidApi.Storage.Postgres;

namespace SigmoidApi.Tests.Storage;

public sealed class PostgresConnectionTests
{
    [Theory]
    [InlineData("Host=db", 100)]
    [InlineData("Host=db;Max Auto Prepare=0", 0)]
    [InlineData("Host=db;MaxAutoPrepare=7", 7)]
    public void StatementsStayPreparedUnlessTheConnectionStringSaysOtherwise(string connectionString, int statements)
    {
        var options = new DbContextOptionsBuilder<PostgresDbContext>();

        PostgresDbContext.Configure(options, connectionString);

        var connection = new NpgsqlConnectionStringBuilder(RelationalOptionsExtension.Extract(options.Options).ConnectionString);
        (connection.Host, connection.MaxAutoPrepare).ShouldBe(("db", statements));
    }
}
