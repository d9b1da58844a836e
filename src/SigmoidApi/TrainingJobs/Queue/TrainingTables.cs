using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The tables of training jobs, and the statements on them.</summary>
internal static class TrainingTables
{
    extension(SigmoidDbContext db)
    {
        public DbSet<TrainingJob> TrainingJobs => db.Set<TrainingJob>();

        public DbSet<InlineRows> InlineRows => db.Set<InlineRows>();

        public DbSet<TrainingCheckpoint> TrainingCheckpoints => db.Set<TrainingCheckpoint>();

        public DbSet<TrainingHistory> TrainingHistories => db.Set<TrainingHistory>();
    }

    /// <summary>Locks a job's row within the transaction. False where another has it: that may be a process which was stopped, and nothing is to wait for it.</summary>
    public static async Task<bool> TryLockJobAsync(this SigmoidDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var row = FormattableStringFactory.Create($$"""SELECT "Id" AS "Value" FROM "TrainingJobs" WHERE "Id" = {0}{{db.SkipLockedRows}}""", id);
        return (await db.Database.SqlQuery<Guid>(row).ToListAsync(cancellationToken)).Count == 1;
    }

    /// <summary>Makes the oldest queued job, but for <paramref name="except"/>, a running one of <paramref name="worker"/>'s, and returns it; null when there is none.</summary>
    public static async Task<TrainingJob?> ClaimAsync(
        this SigmoidDbContext db, string worker, DateTimeOffset now, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        var (others, ids) = except.Count == 0 ? ("", "") : db.NoneOf(except, "{2}");
        // The states are written out, not parameters: so the index of the queued rows alone serves.
        var claim = FormattableStringFactory.Create($$"""
            UPDATE "TrainingJobs" SET "Status" = 'Running', "Epoch" = "Epoch" + 1, "Beat" = "Beat" + 1, "Attempts" = "Attempts" + 1,
                "StartedAt" = COALESCE("StartedAt", {0}), "Worker" = {1}, "Memory" = NULL
            WHERE "Id" = (SELECT "Id" FROM "TrainingJobs" WHERE "Status" = 'Queued'{{others}} ORDER BY "Id" LIMIT 1{{db.SkipLockedRows}}) AND "Status" = 'Queued'
            RETURNING {{SigmoidDbContext.Columns(db.Model.FindEntityType(typeof(TrainingJob))!)}}
            """, db.TimeParameter(now), worker, ids);
        using var turn = await db.TurnAsync(cancellationToken);
        return (await db.TrainingJobs.FromSql(claim).AsNoTracking().ToListAsync(cancellationToken)).SingleOrDefault();
    }

    public static Task DeleteFinishedJobsAsync(this SigmoidDbContext db, DateTimeOffset before, CancellationToken cancellationToken) =>
        db.DeleteInBatchesAsync("TrainingJobs", "Id", "\"FinishedAt\" < {0}", before, cancellationToken);

    /// <summary>Those of jobs that are no more, too.</summary>
    public static Task DeleteHistoriesAsync(this SigmoidDbContext db, DateTimeOffset before, CancellationToken cancellationToken) => db.DeleteInBatchesAsync(
        "TrainingHistories",
        "JobId",
        """NOT EXISTS (SELECT 1 FROM "TrainingJobs" AS job WHERE job."Id" = "TrainingHistories"."JobId" AND (job."FinishedAt" IS NULL OR job."FinishedAt" >= {0}))""",
        before,
        cancellationToken);

    /// <summary>Removes what a job needs only until it has ended.</summary>
    public static async Task ForgetInputAsync(this SigmoidDbContext db, Guid jobId, CancellationToken cancellationToken, bool data = true, bool checkpoints = true)
    {
        if (data)
            await db.InlineRows.Where(d => d.JobId == jobId).ExecuteDeleteAsync(cancellationToken);
        if (checkpoints)
            await db.TrainingCheckpoints.Where(c => c.JobId == jobId).ExecuteDeleteAsync(cancellationToken);
    }

    public static void Configure(ModelBuilder model, JsonSerializerOptions json)
    {
        model.Entity<TrainingJob>(job =>
        {
            job.ToTable("TrainingJobs");
            job.Property(j => j.Status).HasConversion<string>();
            job.HasIndex(j => new { j.Status, j.Id });
            job.HasIndex(j => j.Id, "IX_TrainingJobs_Queued").HasFilter("\"Status\" = 'Queued'");
            job.HasIndex(j => j.DatasetId);
            job.HasIndex(j => j.FinishedAt);
            job.Property(j => j.Request).AsJson(json);
            job.Property(j => j.Progress).AsJson(json);
            job.Property(j => j.Error).AsJson(json);
            job.Property(j => j.Memory).AsJson(json);
            job.Property(j => j.Warnings).AsJson(json);
        });
        model.Entity<InlineRows>(data =>
        {
            data.ToTable("TrainingData");
            data.HasKey(d => d.JobId);
            data.HasOne<TrainingJob>().WithOne().HasForeignKey<InlineRows>(d => d.JobId);
        });
        model.Entity<TrainingCheckpoint>().ToTable("TrainingCheckpoints").HasKey(c => new { c.JobId, c.Part });
        model.Entity<TrainingHistory>().ToTable("TrainingHistories").HasKey(h => h.JobId);
    }
}
