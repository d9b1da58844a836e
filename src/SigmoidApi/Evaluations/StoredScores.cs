using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Storage;

namespace SigmoidApi.Evaluations;

/// <summary>
/// Ranked scores as bytes: the five arrays one after the other, little-endian, compressed, and cut into parts. Weights and counts are mostly small whole
/// numbers, which compress to nearly nothing.
/// </summary>
internal static class StoredScores
{
    private const int PartBytes = 1 << 20;

    public static IEnumerable<EvaluationScores> Parts(Guid id, int label, RankedScores ranked)
    {
        using var packed = new MemoryStream();
        using (var stream = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(BitConverter.GetBytes(ranked.Count));
            stream.Write(MemoryMarshal.AsBytes<double>(ranked.Scores));
            stream.Write(MemoryMarshal.AsBytes<double>(ranked.Ones));
            stream.Write(MemoryMarshal.AsBytes<double>(ranked.Zeros));
            stream.Write(MemoryMarshal.AsBytes<int>(ranked.Rows));
            stream.Write(MemoryMarshal.AsBytes<int>(ranked.Present));
        }

        var bytes = packed.GetBuffer().AsMemory(0, (int)packed.Length);
        for (var part = 0; part * PartBytes < bytes.Length; part++)
        {
            yield return new()
            {
                EvaluationId = id,
                Class = label,
                Part = part,
                Bytes = bytes[(part * PartBytes)..Math.Min(bytes.Length, (part + 1) * PartBytes)].ToArray(),
            };
        }
    }

    /// <summary>The ranked scores of a class of an evaluation; null if there are none.</summary>
    public static async Task<RankedScores?> FindAsync(SigmoidDbContext db, Guid id, int label, CancellationToken cancellationToken)
    {
        var parts = await db.EvaluationScores.AsNoTracking().Where(s => s.EvaluationId == id && s.Class == label).OrderBy(s => s.Part)
            .Select(s => s.Bytes).ToListAsync(cancellationToken);
        return parts.Count == 0 ? null : Read(parts);
    }

    /// <param name="parts">In their order.</param>
    private static RankedScores Read(IReadOnlyList<byte[]> parts)
    {
        using var packed = new MemoryStream([.. parts.SelectMany(part => part)]);
        using var stream = new BrotliStream(packed, CompressionMode.Decompress);
        var count = ReadArray<int>(stream, 1)[0];
        return new(
            ReadArray<double>(stream, count), ReadArray<double>(stream, count), ReadArray<double>(stream, count), ReadArray<int>(stream, count),
            ReadArray<int>(stream, count));
    }

    private static T[] ReadArray<T>(Stream stream, int count)
        where T : unmanaged
    {
        var values = new T[count];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
