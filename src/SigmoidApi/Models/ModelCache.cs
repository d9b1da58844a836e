using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary>Caches models that are ready to predict, so that a prediction needs no database access.</summary>
internal sealed class ModelCache(IDbContextFactory<SigmoidDbContext> contexts, IOptions<StorageOptions> storage)
{
    // A model takes kilobytes. A full cache is cleared, so that requests for more and more models do not fill memory.
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<(string Name, int? Version), ServedModel> _models = new();

    /// <summary>For each cached name, its <see cref="Model.Revision"/> when it was read.</summary>
    private readonly ConcurrentDictionary<string, int> _revisions = new();

    private readonly Lock _lock = new();

    /// <summary>How many changes of each name are in progress.</summary>
    private readonly Dictionary<string, int> _changing = new(StringComparer.Ordinal);

    /// <summary>Increased by each change, so that the result of a read that began before it is not cached.</summary>
    private int _changes;

    public ValueTask<ServedModel?> FindAsync(string name, int? version, CancellationToken cancellationToken) =>
        _models.TryGetValue((name, version), out var model) ? new(model) : new(ReadAsync(name, version, cancellationToken));

    /// <summary>The 404 for a model that <see cref="FindAsync"/> did not find.</summary>
    public async Task<ProblemHttpResult> MissingAsync(string name, int? version, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MissingModelAsync(name, version, cancellationToken);
    }

    /// <summary>
    /// To be held while a change to a model's versions is committed. Until it is disposed, the name is not cached. A client may see the change in the
    /// database before this process returns from the commit, and must not get the old model then.
    /// </summary>
    public IDisposable Change(string name)
    {
        lock (_lock)
        {
            _changing[name] = _changing.GetValueOrDefault(name) + 1;
            Forget(name);
        }

        return new Changing(this, name);
    }

    /// <summary>Removes a name from the cache. To be called when a change turns out to have been committed earlier.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            _changes++;
            foreach (var key in _models.Keys.Where(key => key.Name == name))
                _models.TryRemove(key, out _);
            _revisions.TryRemove(name, out _);
        }
    }

    /// <summary>Removes models from the cache that other processes on the same store have changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (!storage.Value.IsShared)
            return;
        foreach (var names in _revisions.Keys.Chunk(500))
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var revisions = await db.Models.Where(m => names.Contains(m.Name)).Select(m => new { m.Name, m.Revision }).ToListAsync(cancellationToken);
            foreach (var model in revisions.Where(model => _revisions.TryGetValue(model.Name, out var known) && known != model.Revision))
                Forget(model.Name);
        }
    }

    private async Task<ServedModel?> ReadAsync(string name, int? version, CancellationToken cancellationToken)
    {
        var changes = Volatile.Read(ref _changes);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        // Read before the model, so that a model that changes in between has a stale revision here, and is read again later.
        var revision = await db.Models.Where(m => m.Name == name).Select(m => m.Revision).SingleOrDefaultAsync(cancellationToken);
        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return null;
        var threshold = await db.ThresholdChanges.Where(change => change.JobId == found.JobId).OrderByDescending(change => change.Number)
            .Select(change => change.Threshold).FirstOrDefaultAsync(cancellationToken);
        var model = new ServedModel(found) { Threshold = threshold ?? LogisticModel.DefaultThreshold };
        Add((name, version), model, revision, changes);
        return model;
    }

    private void Add((string Name, int? Version) key, ServedModel model, int revision, int changes)
    {
        lock (_lock)
        {
            if (changes != _changes || _changing.ContainsKey(key.Name))
                return;
            if (_models.Count >= MaxEntries)
            {
                _models.Clear();
                _revisions.Clear();
            }

            _revisions[key.Name] = revision;
            _models[key] = model;
        }
    }

    private void EndChange(string name)
    {
        lock (_lock)
        {
            // The result of a read that began before the commit is not cached.
            _changes++;
            if (--_changing[name] == 0)
                _changing.Remove(name);
        }
    }

    private sealed class Changing(ModelCache cache, string name) : IDisposable
    {
        public void Dispose() => cache.EndChange(name);
    }
}
