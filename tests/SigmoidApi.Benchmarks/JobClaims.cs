using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Database;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Benchmarks;

/// <summary>The time of a claim among few finished jobs and among a million, on each kind of store, without a service.</summary>
internal static class JobClaims
{
    public static async Task RunAsync(string connectionString)
    {
        using var directory = new TemporaryDirectory();
        using var turn = new SqliteTurn();
        SigmoidDbContext[] stores =
        [
            new SqliteDbContext(
                Configured<SqliteDbContext>(options => SqliteDbContext.Configure(options, directory.File("sigmoid.db"))),
                turn,
                Options.Create(new StorageOptions()),
                TimeProvider.System),
            new PostgresDbContext(Configured<PostgresDbContext>(options => PostgresDbContext.Configure(options, connectionString, TimeSpan.Zero))),
        ];
        foreach (var db in stores)
        {
            await using (db)
            {
                await db.MigrateAsync(hasDatasets: false, CancellationToken.None);
                var medians = new List<double>();
                foreach (var finished in new[] { 100, 1_000_000 })
                {
                    await AddFinishedJobs(db, finished);
                    medians.Add(await MedianClaim(db));
                    Console.WriteLine(FormattableString.Invariant($"{db.GetType().Name}: a claim among {finished} finished jobs takes {medians[^1]:F3} ms"));
                }

                Console.WriteLine(FormattableString.Invariant($"{db.GetType().Name}: {medians[1] / medians[0]:F2} times"));
            }
        }
    }

    private static DbContextOptions<T> Configured<T>(Action<DbContextOptionsBuilder> configure)
        where T : DbContext
    {
        var options = new DbContextOptionsBuilder<T>();
        configure(options);
        return options.Options;
    }

    private static async Task AddFinishedJobs(SigmoidDbContext db, int count)
    {
        var have = await db.TrainingJobs.CountAsync(j => j.Status == TrainingJobStatus.Succeeded);
        var numbers = db is SqliteDbContext
            ? $"WITH RECURSIVE n(i) AS (SELECT {have} UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})"
            : $"WITH n(i) AS (SELECT generate_series({have}, {count - 1}))";
        var (id, time) = db is SqliteDbContext
            ? ("printf('%08X-0000-7000-8000-%012X', i / 65536, i)", "'2026-01-01T00:00:00.0000000Z'")
            : ("(lpad(to_hex(i / 65536), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid", "TIMESTAMPTZ '2026-01-01'");
        // The statement contains only numbers of this program.
#pragma warning disable EF1002
        await db.Database.ExecuteSqlRawAsync($"""
            {numbers} INSERT INTO "TrainingJobs"
            ("Id", "Status", "Request", "CreatedAt", "FinishedAt", "Attempts", "Epoch", "Beat", "Crashes", "CancelRequested", "StopRequested")
            SELECT {id}, 'Succeeded', '{new string('x', 400)}', {time}, {time}, 1, 1, 1, 0, {(db is SqliteDbContext ? "0, 0" : "FALSE, FALSE")} FROM n
            """);
        await db.Database.ExecuteSqlRawAsync(db is SqliteDbContext ? "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)" : "VACUUM ANALYZE");
#pragma warning restore EF1002
    }

    private static async Task<double> MedianClaim(SigmoidDbContext db)
    {
        const int Claims = 400;
        for (var i = 0; i < Claims; i++)
        {
            db.TrainingJobs.Add(new TrainingJob
            {
                Id = Guid.CreateVersion7(),
                Status = TrainingJobStatus.Queued,
                Request = new TrainingRequest(),
                CreatedAt = DateTimeOffset.UtcNow,
            });
        }

        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        var times = new List<double>();
        for (var i = 0; i < Claims; i++)
        {
            var watch = Stopwatch.GetTimestamp();
            _ = await db.ClaimAsync("benchmark", DateTimeOffset.UtcNow, except: [], CancellationToken.None)
                ?? throw new InvalidOperationException("There is no job to claim.");
            times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
        }

        await db.TrainingJobs.Where(j => j.Status == TrainingJobStatus.Running).ExecuteDeleteAsync();
        times.RemoveRange(0, Claims / 4);
        times.Sort();
        return times[times.Count / 2];
    }
}
