using System.Runtime.InteropServices;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.TrainingJobs;

/// <summary>The inline data of a job that has not ended: float64, little-endian, the features row by row and then the labels.</summary>
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
        Values = [.. MemoryMarshal.AsBytes(data.Features.Values), .. MemoryMarshal.AsBytes(data.Labels.AsSpan())],
    };

    /// <summary>The rows as a matrix, and a label for each.</summary>
    internal (DesignMatrix Features, double[] Target) Read()
    {
        var values = MemoryMarshal.Cast<byte, double>(Values);
        var labels = Rows * Columns;
        return (DesignMatrix.FromRows(values[..labels], Rows, Columns), values[labels..].ToArray());
    }
}
