using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace SigmoidApi.Tables.DuckDb;

internal delegate void ChunkReader(DatasetChunk chunk);

/// <summary>The values of a column, and a bit for each that is 0 if the value is missing.</summary>
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

/// <summary>Some rows of a result, column by column. Valid until the reader that receives it returns.</summary>
internal readonly unsafe ref struct DatasetChunk
{
    private readonly ReadOnlySpan<ChunkVector> _vectors;

    /// <param name="chunk">The rows from DuckDB.</param>
    /// <param name="vectors">Receives the columns.</param>
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

    /// <summary>The values of a DOUBLE column, with NaN for missing values.</summary>
    public ReadOnlySpan<double> Numbers(int column)
    {
        MarkMissing(column);
        return new(_vectors[column].Data, Rows);
    }

    /// <summary>
    /// Writes NaN over missing numbers, in place; the bits that mark them as missing stay. Nothing else reads the chunk. Returns whether any number is missing.
    /// </summary>
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

    /// <summary>The values of a DOUBLE column unchanged; missing values are undefined.</summary>
    public ReadOnlySpan<double> Doubles(int column) => new(_vectors[column].Data, Rows);

    /// <summary>The values of a VARCHAR column.</summary>
    public ReadOnlySpan<ChunkText> Texts(int column) => new(_vectors[column].Data, Rows);

    /// <summary>
    /// Copies rows from row <paramref name="first"/> on, as many as <paramref name="rows"/> has room for, row-major. Each consists of the first
    /// <paramref name="columns"/> columns, which are DOUBLE. Call <see cref="MarkMissing"/> first if values may be missing.
    /// </summary>
    public void CopyRows(int first, int columns, Span<double> rows)
    {
        // A few rows at a time, so that they stay in the cache while their columns come one after another.
        const int TileRows = 16;
        var count = rows.Length / columns;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(first + count), (uint)Rows, nameof(first));
        fixed (double* target = rows)
        {
            for (var start = 0; start < count; start += TileRows)
            {
                var end = Math.Min(start + TileRows, count);
                for (var column = 0; column < columns; column++)
                {
                    var values = (double*)_vectors[column].Data + first;
                    var to = target + (nint)start * columns + column;
                    for (var row = start; row < end; row++, to += columns)
                        *to = values[row];
                }
            }
        }
    }
}

/// <summary>
/// A text in DuckDB's layout: its length, then the text itself if it has at most 12 bytes, padded with zeros, or its first four bytes and its address.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct ChunkText(ulong low, ulong high)
{
    private const int MostInlined = 12;

    private readonly ulong _low = low;
    private readonly ulong _high = high;

    public int Length => (int)(uint)_low;

    /// <summary>A short text as two numbers, which are equal for equal texts; null for a longer text.</summary>
    public (ulong Low, ulong High)? Inlined => Length <= MostInlined ? (_low, _high) : null;

    /// <summary>The text in UTF-8, valid as long as the chunk.</summary>
    public static ReadOnlySpan<byte> Bytes(in ChunkText text)
    {
        if (text.Length > MostInlined)
            return new((void*)text._high, text.Length);
        fixed (ulong* start = &text._low)
            return new((byte*)start + sizeof(uint), text.Length);
    }
}
