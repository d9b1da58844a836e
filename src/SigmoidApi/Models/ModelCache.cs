using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary>The models that were asked to predict, ready to: a prediction reads no database.</summary>
internal sealed class ModelCache(IDbContextFactory<SigmoidDbContext> contexts, IOptions<StorageOptions> storage)
{
    // Models are kilobytes each; a caller who asks for ever new ones empties the cache, not the memory.
    private const int MostEntries = 10_000;

    private readonly ConcurrentDictionary<(string Name, int? Version), ServedModel> _models = new();

    /// <summary>Of the names among them, what <see cref="Model.Revision"/> was when they were read.</summary>
    private readonly ConcurrentDictionary<string, int> _revisions = new();

    private readonly Lock _lock = new();

    /// <summary>Names that are being changed, and how often each.</summary>
    private readonly Dictionary<string, int> _changing = new(StringComparer.Ordinal);

    /// <summary>Raised by each change, so that a reading begun before it is not kept after it.</summary>
    private int _changes;

    public ValueTask<ServedModel?> FindAsync(string name, int? version, CancellationToken cancellationToken) =>
        _models.TryGetValue((name, version), out var model) ? new(model) : new(ReadAsync(name, version, cancellationToken));

    /// <summary>The 404 of what <see cref="FindAsync"/> has not found.</summary>
    public async Task<ProblemHttpResult> MissingAsync(string name, int? version, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MissingModelAsync(name, version, cancellationToken);
    }

    /// <summary>
    /// Held around the commit of a change to a model's versions. From here until it is disposed nothing of the name is kept: whoever sees the change in the
    /// database, before this process has come back from the commit, is not to be answered by what was there before.
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

    /// <summary>Called where a change is found to have been committed earlier.</summary>
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

    /// <summary>Forgets what other processes on the store have changed.</summary>
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
        // Read before the model: one that changes in between is read once more, rather than kept.
        var revision = await db.Models.Where(m => m.Name == name).Select(m => m.Revision).SingleOrDefaultAsync(cancellationToken);
        if (await db.ModelVersions.AsNoTracking().Ref(name, version).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return null;
        var model = new ServedModel(found);
        Keep((name, version), model, revision, changes);
        return model;
    }

    private void Keep((string Name, int? Version) key, ServedModel model, int revision, int changes)
    {
        lock (_lock)
        {
            if (changes != _changes || _changing.ContainsKey(key.Name))
                return;
            if (_models.Count >= MostEntries)
            {
                _models.Clear();
                _revisions.Clear();
            }

            _revisions[key.Name] = revision;
            _models[key] = model;
        }
    }

    private void End(string name)
    {
        lock (_lock)
        {
            // A reading that began before the commit ends here without being kept.
            _changes++;
            if (--_changing[name] == 0)
                _changing.Remove(name);
        }
    }

    private sealed class Changing(ModelCache cache, string name) : IDisposable
    {
        public void Dispose() => cache.End(name);
    }
}
