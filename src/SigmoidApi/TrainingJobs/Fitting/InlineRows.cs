using System.Globalization;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>
/// The <see cref="InlineData"/> of a job, as it is stored until the job ends: float64, little-endian; the features row by row, then the labels, then the
/// weights and the clusters of the rows, if there are any.
/// </summary>
public sealed class InlineRows
{
    public required Guid JobId { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required byte[] Values { get; init; }

    /// <summary>What the labels' numbers mean; null if they are the labels themselves.</summary>
    public InlineLabels? Labels { get; init; }

    internal static InlineRows From(Guid jobId, InlineData data) => new()
    {
        JobId = jobId,
        Rows = data.Features.Rows,
        Columns = data.Features.Columns,
        Values =
        [
            .. MemoryMarshal.AsBytes(data.Features.Values), .. MemoryMarshal.AsBytes(data.Labels.Values.AsSpan()),
            .. MemoryMarshal.AsBytes(data.SampleWeight.AsSpan()), .. MemoryMarshal.AsBytes(data.Clusters.AsSpan()),
        ],
        Labels = data.Labels is { Texts: null, AreBooleans: false } ? null : new(data.Labels.Texts, data.Labels.AreBooleans),
    };

    /// <summary>The number of different labels.</summary>
    internal int CountClasses() => MemoryMarshal.Cast<byte, double>(Values).Slice(Rows * Columns, Rows).ToArray().Distinct().Count();

    /// <summary>The rows as columns <c>x1</c>, <c>x2</c>, …</summary>
    internal TrainingRows Read(TrainingRequest request)
    {
        var values = MemoryMarshal.Cast<byte, double>(Values);
        var features = Rows * Columns;
        var others = new double[values.Length / Rows - Columns][];
        for (var i = 0; i < others.Length; i++)
            others[i] = values.Slice(features + i * Rows, Rows).ToArray();
        var hasClusters = request.CovarianceType == CovarianceType.Cluster;
        return new(
            new FeatureTable(
                Rows,
                [.. Names(Columns).Select(name => new FeatureColumn(name, Codes: null))],
                DesignMatrix.FromRows(values[..features], Rows, Columns),
                hasMissing: false),
            [.. Enumerable.Repeat(new ColumnPreparation(), Columns)],
            Target(others[0], Labels?.Texts, Labels?.AreBooleans is true),
            others.Length > (hasClusters ? 2 : 1) ? others[1] : null,
            hasClusters ? new ColumnValues("clusters", others[^1], null, []).Numbered() : null);
    }

    internal static ColumnValues Target(double[] values, IReadOnlyList<string>? texts, bool areBooleans) => texts is null
        ? new("labels", values, null, [], areBooleans)
        : new("labels", null, Array.ConvertAll(values, value => (int)value), texts);

    internal static IEnumerable<string> Names(int columns) => Enumerable.Range(1, columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}"));
}

/// <summary>What the stored labels of inline data mean.</summary>
/// <param name="Texts">The texts that the numbers are indices of; null for booleans.</param>
/// <param name="AreBooleans">Whether 1 is true and 0 is false.</param>
public sealed record InlineLabels(IReadOnlyList<string>? Texts, bool AreBooleans);
