using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;

namespace SigmoidApi.Idempotency;

/// <summary>The table of answers to requests with a key, and its SQL statements.</summary>
internal static class IdempotencyTables
{
    extension(SigmoidDbContext db)
    {
        public DbSet<IdempotentAnswer> IdempotentAnswers => db.Set<IdempotentAnswer>();
    }

    /// <summary>Adds an answer unless its key has one. Waits for another transaction that is adding one. Returns whether it was added.</summary>
    public static async Task<bool> TryAddAsync(this SigmoidDbContext db, IdempotentAnswer answer, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "IdempotentAnswers" ("Key", "Fingerprint", "Status", "Headers", "Body", "CreatedAt")
            VALUES (
                {answer.Key}, {answer.Fingerprint}, {answer.Status}, {KeptAsJson.Write(answer.Headers)}, {answer.Body},
                {db.TimeParameter(answer.CreatedAt)})
            ON CONFLICT ("Key") DO NOTHING
            """, cancellationToken) == 1;

    public static Task DeleteIdempotentAnswersAsync(this SigmoidDbContext db, DateTimeOffset before, CancellationToken cancellationToken) =>
        db.DeleteInBatchesAsync("IdempotentAnswers", "Key", "\"CreatedAt\" < {0}", before, cancellationToken);

    public static void Configure(ModelBuilder model) => model.Entity<IdempotentAnswer>(answer =>
    {
        answer.ToTable("IdempotentAnswers");
        answer.HasKey(a => a.Key);
        answer.HasIndex(a => a.CreatedAt);
        answer.Property(a => a.Headers).AsJson();
    });
}
