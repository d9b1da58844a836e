using System.Runtime.InteropServices;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.TrainingJobs;

/// <summary>
/// The inline data of a job that has not ended: float64, little-endian, the features row by row, then the labels, then the weights and the clusters of the rows
/// where there are any.
/// </summary>
public sealed class TrainingData
{
    public required Guid JobId { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required byte[] Values { get; init; }

    internal static TrainingData From(Guid jobId, InlineData data) => new()
    {
        JobId = jobId,
        Rows = data.Features.Rows,
        Columns = data.Features.Columns,
        Values =
        [
            .. MemoryMarshal.AsBytes(data.Features.Values), .. MemoryMarshal.AsBytes(data.Labels.AsSpan()),
            .. MemoryMarshal.AsBytes(data.SampleWeight.AsSpan()), .. MemoryMarshal.AsBytes(data.Clusters.AsSpan()),
        ],
    };

    /// <summary>The rows as a matrix, and beside it the labels and what else there is of each row.</summary>
    internal (DesignMatrix Features, double[][] Others) Read()
    {
        var values = MemoryMarshal.Cast<byte, double>(Values);
        var features = Rows * Columns;
        var others = new double[values.Length / Rows - Columns][];
        for (var i = 0; i < others.Length; i++)
            others[i] = values.Slice(features + i * Rows, Rows).ToArray();
        return (DesignMatrix.FromRows(values[..features], Rows, Columns), others);
    }
}
