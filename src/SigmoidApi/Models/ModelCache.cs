using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary>The models that were asked to predict, ready to: a prediction reads no database.</summary>
internal sealed class ModelCache(IDbContextFactory<SigmoidDbContext> contexts)
{
    // Models are kilobytes each; a caller who asks for ever new ones empties the cache, not the memory.
    private const int MostEntries = 10_000;

    private readonly ConcurrentDictionary<(string Name, int? Version), ServedModel> _models = new();

    /// <summary>Raised by each change, so that a reading begun before it is not kept after it.</summary>
    private int _changes;

    public ValueTask<ServedModel?> FindAsync(string name, int? version, CancellationToken cancellationToken) =>
        _models.TryGetValue((name, version), out var model) ? new(model) : new(ReadAsync(name, version, cancellationToken));

    /// <summary>Called after each change of a model's versions has been committed.</summary>
    public void Forget(string name)
    {
        Interlocked.Increment(ref _changes);
        foreach (var key in _models.Keys.Where(key => key.Name == name))
            _models.TryRemove(key, out _);
    }

    private async Task<ServedModel?> ReadAsync(string name, int? version, CancellationToken cancellationToken)
    {
        var changes = Volatile.Read(ref _changes);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.ModelVersions.AsNoTracking().Ref(name, version).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return null;
        var model = new ServedModel(found);
        if (_models.Count >= MostEntries)
            _models.Clear();
        _models[(name, version)] = model;
        if (changes != Volatile.Read(ref _changes))
            _models.TryRemove((name, version), out _);
        return model;
    }
}

/// <summary>A version of a model, ready to predict.</summary>
internal sealed class ServedModel(ModelVersion version)
{
    public ModelVersionName Name { get; } = new(version.Name, version.Version);

    public IReadOnlyList<double> Classes { get; } = version.Trained.Classes;

    /// <summary>The columns, in the order of the coefficients.</summary>
    public IReadOnlyList<string> Terms { get; } = [.. version.Trained.Coefficients.Select(c => c.Term)];

    public LogisticModel Model { get; } = new(version.Trained.Intercept, [.. version.Trained.Coefficients.Select(c => c.Estimate)]);
}
