using Microsoft.EntityFrameworkCore;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.Evaluations;

/// <summary>Changes the thresholds of versions.</summary>
internal sealed class ThresholdStore(ModelCache models, TimeProvider time)
{
    /// <summary>A change, from the id of the version's job, the number of the change and the time.</summary>
    public delegate ThresholdChange Change(Guid jobId, int number, DateTimeOffset now);

    /// <summary>Adds a change, unless the last one left the version the same. Other replicas notice it by the model's revision.</summary>
    /// <returns>False if there is no such version.</returns>
    public async Task<bool> ChangeAsync(string name, int? version, SigmoidDbContext db, Change change, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginAsync(cancellationToken);
        // First, because it locks the name: changes of one version are numbered one after another.
        await db.Models.Where(m => m.Name == name).ExecuteUpdateAsync(set => set.SetProperty(m => m.Revision, m => m.Revision + 1), cancellationToken);
        if (await db.ModelVersions.Referenced(name, version).Select(v => (Guid?)v.JobId).SingleOrDefaultAsync(cancellationToken) is not { } id)
            return false;
        var last = await db.ThresholdChanges.AsNoTracking().Where(c => c.JobId == id).OrderByDescending(c => c.Number).FirstOrDefaultAsync(cancellationToken);
        var next = change(id, (last?.Number ?? 0) + 1, time.GetUtcNow());
        if (last is null ? next.Threshold is null : next.IsSameAs(last))
            return true;
        db.ThresholdChanges.Add(next);
        await db.SaveChangesAsync(cancellationToken);
        using (models.Change(name))
            await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
