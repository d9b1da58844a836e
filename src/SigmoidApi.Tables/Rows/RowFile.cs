using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SigmoidApi.Tables.Rows;

/// <summary>
/// Rows of float64, row-major, in a file that has no name any more when it is made: whatever ends the process, nothing is left of it. Any thread reads and
/// writes where it likes.
/// </summary>
internal sealed class RowFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _columns;

    /// <param name="path">A file that is not there yet, on a disk with room for the rows.</param>
    /// <param name="columns">Numbers in each row.</param>
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
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
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
