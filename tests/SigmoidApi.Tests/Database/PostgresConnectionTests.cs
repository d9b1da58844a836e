using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SigmoidApi.Database;
using SigmoidApi.Storage;
using SigmoidApi.Tests.TrainingJobs;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Database;

[Trait("Speed", "Slow")]
public sealed class PostgresConnectionTests(PostgresServer server)
{
    [Theory]
    [InlineData("Host=db", 100, "-c idle_in_transaction_session_timeout=1500")]
    [InlineData("Host=db;Max Auto Prepare=0", 0, "-c idle_in_transaction_session_timeout=1500")]
    [InlineData("Host=db;MaxAutoPrepare=7;Options=-c statement_timeout=9", 7, "-c statement_timeout=9")]
    public void ConnectionStringOverridesTheDefaults(string connectionString, int statements, string serverOptions)
    {
        var options = new DbContextOptionsBuilder<PostgresDbContext>();

        PostgresDbContext.Configure(options, connectionString, TimeSpan.FromSeconds(1.5));

        var connection = new NpgsqlConnectionStringBuilder(RelationalOptionsExtension.Extract(options.Options).ConnectionString);
        (connection.Host, connection.MaxAutoPrepare, connection.Options).ShouldBe(("db", statements, serverOptions));
    }

    [Fact]
    public async Task IdleTransactionBlocksNoJobForLongerThanALease()
    {
        await using var application = await new PostgresApplication(server).Another();
        var id = await application.Api.Enqueue(LongFit.Request("held"));
        await application.Api.Running(id);
        await using var db = await application.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        await using var transaction = await db.BeginAsync(TestContext.Current.CancellationToken);
        var job = Guid.Parse(id);
        // Like a process that is suspended between two statements.
        await db.TrainingJobs.Where(j => j.Id == job).ExecuteUpdateAsync(set => set.SetProperty(j => j.Attempts, 9), TestContext.Current.CancellationToken);

        (await application.Api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);

        var ended = await application.Api.Ended(id);
        (ended.GetProperty("status").GetString(), ended.GetProperty("attempts").GetInt32()).ShouldBe(("canceled", 1));
        TransientStorageErrors.AdviceFor(await Should.ThrowAsync<Exception>(() => transaction.CommitAsync(TestContext.Current.CancellationToken)))
            .ShouldNotBeNull();
    }
}
