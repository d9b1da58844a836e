using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The tables of training jobs, and their SQL statements.</summary>
internal static class TrainingTables
{
    extension(SigmoidDbContext db)
    {
        public DbSet<TrainingJob> TrainingJobs => db.Set<TrainingJob>();

        public DbSet<InlineRows> InlineRows => db.Set<InlineRows>();

        public DbSet<TrainingCheckpoint> TrainingCheckpoints => db.Set<TrainingCheckpoint>();

        public DbSet<TrainingHistory> TrainingHistories => db.Set<TrainingHistory>();

        public DbSet<ModelRequest> ModelRequests => db.Set<ModelRequest>();
    }

    /// <summary>Locks a job's row for the transaction.</summary>
    /// <returns>False if another transaction holds the lock. Its process may be suspended, so nothing waits for it.</returns>
    public static async Task<bool> TryLockJobAsync(this SigmoidDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var row = FormattableStringFactory.Create($$"""SELECT "Id" AS "Value" FROM "TrainingJobs" WHERE "Id" = {0}{{db.SkipLockedRows}}""", id);
        return (await db.Database.SqlQuery<Guid>(row).ToListAsync(cancellationToken)).Count == 1;
    }

    /// <summary>Claims the oldest queued job for <paramref name="worker"/>, not counting <paramref name="except"/>. Null if there is none.</summary>
    public static async Task<TrainingJob?> ClaimAsync(
        this SigmoidDbContext db, string worker, DateTimeOffset now, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        var (others, ids) = except.Count == 0 ? ("", "") : db.NoneOf(except, "{2}");
        // The states are literals, not parameters: only then the query uses the partial index on queued rows.
        var claim = FormattableStringFactory.Create($$"""
            UPDATE "TrainingJobs" SET "Status" = 'Running', "Epoch" = "Epoch" + 1, "Beat" = "Beat" + 1, "Attempts" = "Attempts" + 1,
                "StartedAt" = COALESCE("StartedAt", {0}), "Worker" = {1}, "Memory" = NULL
            WHERE "Id" = (SELECT "Id" FROM "TrainingJobs" WHERE "Status" = 'Queued'{{others}} ORDER BY "Id" LIMIT 1{{db.SkipLockedRows}})
                AND "Status" = 'Queued'
            RETURNING {{SigmoidDbContext.Columns(db.Model.FindEntityType(typeof(TrainingJob))!)}}
            """, db.TimeParameter(now), worker, ids);
        using var turn = await db.TurnAsync(cancellationToken);
        return (await db.TrainingJobs.FromSql(claim).AsNoTracking().ToListAsync(cancellationToken)).SingleOrDefault();
    }

    public static Task DeleteFinishedJobsAsync(this SigmoidDbContext db, DateTimeOffset before, CancellationToken cancellationToken) =>
        db.DeleteInBatchesAsync("TrainingJobs", "Id", "\"FinishedAt\" < {0}", before, cancellationToken);

    /// <summary>Deletes the histories of jobs that finished before that time, or have been deleted.</summary>
    public static Task DeleteHistoriesAsync(this SigmoidDbContext db, DateTimeOffset before, CancellationToken cancellationToken) => db.DeleteInBatchesAsync(
        "TrainingHistories",
        "JobId",
        """
        NOT EXISTS (SELECT 1 FROM "TrainingJobs" AS job
            WHERE job."Id" = "TrainingHistories"."JobId" AND (job."FinishedAt" IS NULL OR job."FinishedAt" >= {0}))
        """,
        before,
        cancellationToken);

    /// <summary>Deletes what a job needs only until it ends: its inline data and its checkpoint.</summary>
    public static async Task DeleteInputAsync(
        this SigmoidDbContext db, Guid jobId, CancellationToken cancellationToken, bool data = true, bool checkpoints = true)
    {
        if (data)
            await db.InlineRows.Where(d => d.JobId == jobId).ExecuteDeleteAsync(cancellationToken);
        if (checkpoints)
            await db.TrainingCheckpoints.Where(c => c.JobId == jobId).ExecuteDeleteAsync(cancellationToken);
    }

    public static void Configure(ModelBuilder model)
    {
        model.Entity<TrainingJob>(job =>
        {
            job.ToTable("TrainingJobs");
            job.Property(j => j.Status).HasConversion<string>();
            job.HasIndex(j => new { j.Status, j.Id });
            job.HasIndex(j => j.Id, "IX_TrainingJobs_Queued").HasFilter("\"Status\" = 'Queued'");
            job.HasIndex(j => j.DatasetId);
            job.HasIndex(j => j.FinishedAt);
            job.Property(j => j.Request).AsJson();
            job.Property(j => j.Progress).AsJson();
            job.Property(j => j.Error).AsJson();
            job.Property(j => j.Memory).AsJson();
            job.Property(j => j.Warnings).AsJson();
            job.Property(j => j.Work).AsJson();
        });
        model.Entity<InlineRows>(data =>
        {
            data.ToTable("TrainingData");
            data.HasKey(d => d.JobId);
            data.Property(d => d.Labels).AsJson();
            data.HasOne<TrainingJob>().WithOne().HasForeignKey<InlineRows>(d => d.JobId);
        });
        model.Entity<TrainingCheckpoint>().ToTable("TrainingCheckpoints").HasKey(c => new { c.JobId, c.Part });
        model.Entity<TrainingHistory>().ToTable("TrainingHistories").HasKey(h => h.JobId);
        model.Entity<ModelRequest>(request =>
        {
            request.ToTable("ModelRequests");
            request.HasKey(r => r.JobId);
            request.Property(r => r.Request).AsJson();
            request.HasOne<ModelVersion>().WithOne().HasForeignKey<ModelRequest>(r => r.JobId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
