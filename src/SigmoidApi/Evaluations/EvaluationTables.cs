using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Storage;

namespace SigmoidApi.Evaluations;

/// <summary>The tables of evaluations.</summary>
internal static class EvaluationTables
{
    extension(SigmoidDbContext db)
    {
        public DbSet<Evaluation> Evaluations => db.Set<Evaluation>();

        public DbSet<EvaluationScores> EvaluationScores => db.Set<EvaluationScores>();
    }

    /// <summary>Adds an evaluation with the scores of its curves.</summary>
    public static void Add(this SigmoidDbContext db, EvaluationResponse answer, IReadOnlyList<(int Class, RankedScores Ranked)> scores)
    {
        db.Evaluations.Add(new()
        {
            Id = answer.Id,
            ModelName = answer.Model?.Name,
            ModelVersion = answer.Model?.Version,
            CreatedAt = answer.CreatedAt,
            Answer = answer,
        });
        foreach (var (label, ranked) in scores)
            db.EvaluationScores.AddRange(StoredScores.Parts(answer.Id, label, ranked));
    }

    public static void Configure(ModelBuilder model)
    {
        model.Entity<Evaluation>(evaluation =>
        {
            evaluation.ToTable("Evaluations");
            evaluation.HasIndex(e => new { e.ModelName, e.Id });
            evaluation.Property(e => e.Answer).AsJson();
        });
        model.Entity<EvaluationScores>(scores =>
        {
            scores.ToTable("EvaluationScores");
            scores.HasKey(s => new { s.EvaluationId, s.Class, s.Part });
            scores.HasOne<Evaluation>().WithMany().HasForeignKey(s => s.EvaluationId);
        });
    }
}
