using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SigmoidApi.Tables.Rows;

/// <summary>
/// A temporary file of float64 rows, row-major. Its name is deleted as soon as it is open, so nothing remains on the disk however the process ends. Threads may
/// read and write at any position in parallel.
/// </summary>
internal sealed class RowFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _columns;

    /// <param name="path">The path of a file that does not exist yet, on a disk with room for the rows.</param>
    /// <param name="columns">The numbers in each row.</param>
    public RowFile(string path, int columns)
    {
        _columns = columns;
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Delete(path);
    }

    /// <summary>Writes whole rows from row <paramref name="first"/> on.</summary>
    /// <exception cref="IOException">The disk has no room for them.</exception>
    public void Write(int first, ReadOnlySpan<double> rows) => RandomAccess.Write(_file, MemoryMarshal.AsBytes(rows), Offset(first));

    /// <summary>Reads as many rows as <paramref name="rows"/> has room for, from row <paramref name="first"/> on.</summary>
    /// <exception cref="EndOfStreamException">There are fewer rows.</exception>
    public void Read(int first, Span<double> rows)
    {
        var bytes = MemoryMarshal.AsBytes(rows);
        var offset = Offset(first);
        while (!bytes.IsEmpty)
        {
            var count = RandomAccess.Read(_file, bytes, offset);
            if (count == 0)
                throw new EndOfStreamException();
            bytes = bytes[count..];
            offset += count;
        }
    }

    public void Dispose() => _file.Dispose();

    private long Offset(int row) => (long)row * _columns * sizeof(double);
}
