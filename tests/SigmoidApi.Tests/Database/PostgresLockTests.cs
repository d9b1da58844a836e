using System.Net;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SigmoidApi.Tests.TrainingJobs;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Database;

/// <summary>Rows that another process has locked, like a process that was suspended within a transaction.</summary>
[Trait("Speed", "Slow")]
public sealed class PostgresLockTests(PostgresServer server) : IAsyncLifetime
{
    private readonly TestApplication _application = new()
    {
        Settings =
        {
            ["Storage:Provider"] = "Postgres",
            ["Training:LeaseSeconds"] = "0.6",
            ["Training:PollMilliseconds"] = "50",
            ["Training:MaxConcurrency"] = "2",
        },
    };

    private NpgsqlConnection _other = null!;

    [Fact]
    public async Task LockedRowDoesNotBlockOthers()
    {
        var (locked, free) = (await Running(), await Running());
        var (lockedOrphan, freeOrphan) = (await Orphan(), await Orphan());
        await using (var transaction = await _other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await Execute("""SELECT 1 FROM "TrainingJobs" WHERE "Id" = ANY ($1) FOR UPDATE""", new[] { locked, lockedOrphan });

            var beat = (await Read(free)).Beat;
            await Eventually.Get(() => Read(free), job => job.Beat > beat + 3);
            await Eventually.Get(() => Read(freeOrphan), job => job.Status == TrainingJobStatus.Queued);
            // Like another process.
            await using (var db = await _application.Database())
            {
                await db.TrainingJobs.Where(j => j.Id == free)
                    .ExecuteUpdateAsync(set => set.SetProperty(j => j.CancelRequested, true), TestContext.Current.CancellationToken);
            }

            (await _application.Api.Ended($"{free}")).GetProperty("status").GetString().ShouldBe("canceled");
            (await Read(lockedOrphan)).Status.ShouldBe(TrainingJobStatus.Running);
        }

        await Eventually.Get(() => Read(lockedOrphan), job => job.Status != TrainingJobStatus.Running);
        (await _application.Api.Post($"training-jobs/{locked}/cancel", "")).Expect(HttpStatusCode.Accepted);
        (await _application.Api.Ended($"{locked}")).GetProperty("status").GetString().ShouldBe("canceled");
    }

    [Fact]
    public async Task CancelTakesEffectOnAJobThatIsBeingReturned()
    {
        await Running();
        await Running();
        var orphan = await Orphan();
        Task<ApiResponse> canceling;
        await using (var transaction = await _other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await Execute("""UPDATE "TrainingJobs" SET "Status" = 'Queued' WHERE "Id" = $1""", orphan);
            canceling = _application.Api.Post($"training-jobs/{orphan}/cancel", "");
            await Eventually.Get(
                () => Execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
                waiting => waiting is > 0L);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        (await canceling).Expect(HttpStatusCode.Accepted).Json.GetProperty("status").GetString().ShouldBe("canceled");
    }

    public async ValueTask InitializeAsync()
    {
        var database = await server.CreateDatabase();
        // A long timeout, so that no statement that waits for a lock fails during the test.
        _application.Settings["ConnectionStrings:Sigmoid"] = $"{database};Command Timeout=600";
        _other = new NpgsqlConnection(database);
        await _other.OpenAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _application.DisposeAsync();
    }

    private async Task<Guid> Running()
    {
        var id = await _application.Api.Enqueue(LongFit.Request());
        await _application.Api.Running(id);
        return Guid.Parse(id);
    }

    /// <summary>A job whose process has ended.</summary>
    private async Task<Guid> Orphan()
    {
        var job = new TrainingJob
        {
            Id = Guid.CreateVersion7(),
            Status = TrainingJobStatus.Running,
            Request = new TrainingRequest(),
            CreatedAt = DateTimeOffset.UtcNow,
            Attempts = 1,
        };
        await using var db = await _application.Database();
        db.TrainingJobs.Add(job);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return job.Id;
    }

    private async Task<TrainingJob> Read(Guid id)
    {
        await using var db = await _application.Database();
        return await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == id, TestContext.Current.CancellationToken);
    }

    private async Task<object?> Execute(string statement, params object[] parameters)
    {
#pragma warning disable CA2100 // statements of this file
        await using var command = new NpgsqlCommand(statement, _other);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
