using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace SigmoidApi.Tables.DuckDb;

internal delegate void ChunkReader(DatasetChunk chunk);

/// <summary>Where a column's values are, and which of them are there.</summary>
internal unsafe struct ChunkVector
{
    public void* Data;
    public ulong* Validity;

    public static ChunkVector Of(nint vector) => new()
    {
        Data = NativeMethods.Vectors.DuckDBVectorGetData(vector),
        Validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector),
    };

    public readonly bool IsMissing(int row) => Validity != null && (Validity[row / 64] >> (row % 64) & 1) == 0;
}

/// <summary>Some rows of a result, column by column. Valid until the reader that it is given to returns.</summary>
internal readonly unsafe ref struct DatasetChunk
{
    private readonly ReadOnlySpan<ChunkVector> _vectors;

    /// <param name="chunk">The rows as DuckDB hands them over.</param>
    /// <param name="vectors">Room for each column.</param>
    public DatasetChunk(DuckDBDataChunk chunk, Span<ChunkVector> vectors)
        : this(vectors, (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk))
    {
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = ChunkVector.Of(NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, i));
    }

    public DatasetChunk(ReadOnlySpan<ChunkVector> vectors, int rows)
    {
        _vectors = vectors;
        Rows = rows;
    }

    public int Rows { get; }

    public bool HasMissing(int column) => _vectors[column].Validity != null;

    public bool IsMissing(int column, int row) => _vectors[column].IsMissing(row);

    /// <summary>The values of a DOUBLE column, NaN where one is missing.</summary>
    public ReadOnlySpan<double> Numbers(int column)
    {
        MarkMissing(column);
        return new(_vectors[column].Data, Rows);
    }

    /// <summary>Writes NaN where a number is missing, in a chunk that nobody else reads; its owner keeps the validity beside. Tells whether any is.</summary>
    public bool MarkMissing(int column)
    {
        var vector = _vectors[column];
        var values = (double*)vector.Data;
        var any = false;
        for (var row = 0; vector.Validity != null && row < Rows; row++)
        {
            if (!vector.IsMissing(row))
                continue;
            values[row] = double.NaN;
            any = true;
        }

        return any;
    }

    /// <summary>The values of a DOUBLE column as they are; one that is missing has any.</summary>
    public ReadOnlySpan<double> Doubles(int column) => new(_vectors[column].Data, Rows);

    /// <summary>The values of a VARCHAR column.</summary>
    public ReadOnlySpan<ChunkText> Texts(int column) => new(_vectors[column].Data, Rows);

    /// <summary>Copies a row of DOUBLE columns into <paramref name="destination"/>, as many as it has room for; missing ones as <see cref="Numbers"/> left them.</summary>
    public void CopyRow(int row, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        var vectors = _vectors[..destination.Length];
        for (var i = 0; i < destination.Length; i++)
            destination[i] = ((double*)vectors[i].Data)[row];
    }
}

/// <summary>
/// A text as DuckDB holds it: its length, then itself where it has at most 12 bytes, with zeros behind, or else its first four bytes and its address.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct ChunkText(ulong low, ulong high)
{
    private const int MostInlined = 12;

    private readonly ulong _low = low;
    private readonly ulong _high = high;

    public int Length => (int)(uint)_low;

    /// <summary>The text itself as two numbers, equal where texts are; null for a longer one.</summary>
    public (ulong Low, ulong High)? Inlined => Length <= MostInlined ? (_low, _high) : null;

    /// <summary>UTF-8, valid as long as the chunk.</summary>
    public static ReadOnlySpan<byte> Bytes(in ChunkText text)
    {
        if (text.Length > MostInlined)
            return new((void*)text._high, text.Length);
        fixed (ulong* start = &text._low)
            return new((byte*)start + sizeof(uint), text.Length);
    }
}
