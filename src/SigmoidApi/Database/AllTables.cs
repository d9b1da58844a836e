using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Datasets;
using SigmoidApi.Idempotency;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Database;

/// <summary>The tables of all features, the same in every store.</summary>
internal static class AllTables
{
    public static void Configure(ModelBuilder model, JsonSerializerOptions json)
    {
        DatasetTables.Configure(model, json);
        TrainingTables.Configure(model, json);
        ModelTables.Configure(model, json);
        IdempotencyTables.Configure(model, json);
    }
}
