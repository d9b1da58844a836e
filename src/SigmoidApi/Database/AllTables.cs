using Microsoft.EntityFrameworkCore;
using SigmoidApi.Datasets;
using SigmoidApi.Evaluations;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Database;

/// <summary>The tables of all features, the same in every store.</summary>
internal static class AllTables
{
    public static void Configure(ModelBuilder model)
    {
        DatasetTables.Configure(model);
        TrainingTables.Configure(model);
        ModelTables.Configure(model);
        EvaluationTables.Configure(model);
        IdempotencyTables.Configure(model);
    }
}
