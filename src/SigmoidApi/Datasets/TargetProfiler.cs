using System.Globalization;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Datasets;

/// <summary>Profiles the columns of a data set against a target.</summary>
/// <param name="engine">Reads the rows.</param>
/// <param name="threads">The threads that sort the rows, which takes seconds for many columns.</param>
/// <param name="options">The limits.</param>
internal sealed class TargetProfiler(DatasetEngine engine, ComputeThreads threads, DatasetOptions options)
{
    /// <summary>Of two classes; of K classes 2/K of it.</summary>
    private const double RareShare = 0.05;

    // The cost of sorting a value, in multiplications.
    private const double WorkPerValue = 100;

    // A value, and its copy with the class while a column is sorted.
    private const int BytesPerValue = 2 * sizeof(double) + sizeof(int);

    /// <summary>Adds what each column says about the target, and warnings.</summary>
    /// <param name="dataset">The data set. Above <c>Datasets:ExactProfileRows</c> rows, only every n-th row is read.</param>
    /// <param name="target">The target, a column of at least two values.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<Dataset> RunAsync(Dataset dataset, ColumnProfile target, CancellationToken cancellationToken)
    {
        var every = (dataset.Rows + options.ExactProfileRows - 1) / options.ExactProfileRows;
        var (labels, classes) = (Array.Empty<int>(), Array.Empty<string>());
        var facts = new Dictionary<string, ColumnFacts>(StringComparer.Ordinal);
        // A few columns at a time, in a sixth of an operation's memory as for the profile without a target.
        var memory = ProfileLimits.Of(options.MemoryMegabytes, options.ExactProfileRows, options.Threads).MemoryBytes;
        var atOnce = (int)Math.Clamp(memory / (BytesPerValue * (dataset.Rows / every)), 1, 64);
        var others = dataset.Columns.Where(column => column != target && column.Type != ColumnType.Text);
        foreach (var some in others.Chunk(atOnce).DefaultIfEmpty([]))
        {
            ColumnToRead[] columns = [new(target, target.IsText, Required: true), .. some.Select(column => new ColumnToRead(column, column.IsText))];
            var read = await engine.ReadAsync(dataset.Id, [], columns, cancellationToken, every);
            if (facts.Count == 0)
                (labels, classes) = ClassesOf(read.Others[0]);
            var parts = read.Others.Skip(1).Chunk(Math.Max(1, (some.Length + options.Threads - 1) / options.Threads)).Select(part => threads.RunAsync(
                WorkPerValue * labels.Length * part.Length,
                () => part.Select(column => FactsOf(column, labels, classes, cancellationToken)).ToArray(),
                cancellationToken).AsTask());
            foreach (var fact in (await Task.WhenAll(parts)).SelectMany(part => part))
                facts.Add(fact.Against.Column, fact);
        }

        var named = dataset.Columns.Where(column => ColumnPairs.Suits(column, dataset.Rows)).OrderBy(column => column != target)
            .Take(options.MaxComparedColumns).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        var compared = dataset.Columns.Where(column => named.Contains(column.Name)).ToArray();
        var pairs = await engine.PairsAsync(dataset, compared, every, cancellationToken);
        var counts = new long[classes.Length];
        foreach (var label in labels)
            counts[label]++;
        var profile = new TargetProfile(
            target.Name,
            labels.Length,
            [.. classes.Zip(counts, (value, count) => new CategoryCount(value, count))],
            [.. dataset.Columns.Where(column => facts.ContainsKey(column.Name)).Select(column => facts[column.Name].Against)],
            pairs,
            compared.Length,
            Approximate: every > 1);
        return dataset.With([.. dataset.Columns.Select(column => column with { Warnings = [.. column.Warnings ?? [], .. WarningsOf(column)] })], profile);

        IEnumerable<ColumnWarning> WarningsOf(ColumnProfile column)
        {
            var own = pairs.Where(pair => pair.First == column.Name || pair.Second == column.Name).ToArray();
            bool IsOfTarget(ColumnPair pair) => pair.First == target.Name || pair.Second == target.Name;
            if (column == target)
                return counts.Length > 1 && counts.Min() < labels.Length * RareShare * 2 / counts.Length ? [ColumnWarning.RareClass] : [];
            return (own.Any(IsOfTarget) ? [ColumnWarning.LeaksTarget] : Array.Empty<ColumnWarning>())
                .Concat(facts.TryGetValue(column.Name, out var fact) ? fact.Warnings() : [])
                .Concat(own.All(IsOfTarget) ? [] : [ColumnWarning.NearDuplicate])
                .Distinct();
        }
    }

    private static ColumnFacts FactsOf(ColumnValues column, int[] labels, string[] classes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ColumnFacts.Of(column, labels, classes);
    }

    /// <summary>The class of each row, and the classes in ascending order, texts in ordinal order.</summary>
    private static (int[] Labels, string[] Classes) ClassesOf(ColumnValues target)
    {
        var codes = target.Numbered();
        if (target.Numbers is not { } numbers)
            return Sorted(codes, [.. target.Levels], StringComparer.Ordinal, ShownText.Short);
        return Sorted(codes, [.. numbers.Distinct()], Comparer<double>.Default, number =>
            target.IsBoolean ? number == 1 ? "true" : "false" : number.ToString(CultureInfo.InvariantCulture));
    }

    private static (int[] Labels, string[] Classes) Sorted<T>(int[] codes, T[] values, IComparer<T> order, Func<T, string> show)
    {
        int[] sorted = [.. Enumerable.Range(0, values.Length).OrderBy(code => values[code], order)];
        var places = new int[values.Length];
        for (var place = 0; place < sorted.Length; place++)
            places[sorted[place]] = place;
        return (Array.ConvertAll(codes, code => places[code]), Array.ConvertAll(sorted, code => show(values[code])));
    }
}
