using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace SigmoidApi.Tables.Charsets;

/// <summary>UTF-16. A lone surrogate is an error, and so is half a code unit at the end.</summary>
internal sealed class Utf16Decoder(bool isBigEndian) : TextDecoder
{
    public override Decoded Decode(ReadOnlySpan<byte> source, bool isEnd, Span<byte> utf8)
    {
        var units = MemoryMarshal.Cast<byte, ushort>(source);
        // Swap bytes in parts: otherwise each invalid unit would swap the whole rest again.
        Span<ushort> swapped = stackalloc ushort[512];
        var (read, written) = (0, 0);
        while (read < units.Length)
        {
            scoped var part = units.Slice(read, Math.Min(units.Length - read, swapped.Length));
            var isLast = read + part.Length == units.Length;
            if (isBigEndian == BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(part, swapped);
                part = swapped[..part.Length];
            }

            var characters = MemoryMarshal.Cast<ushort, char>(part);
            var status = Utf8.FromUtf16(
                characters, utf8[written..], out var count, out var bytes, replaceInvalidSequences: false, isFinalBlock: isEnd && isLast);
            read += count;
            written += bytes;
            if (status == OperationStatus.InvalidData)
                return new(2 * read, written, Wrong: 2, Skipped: 2);
            // The source ends with the first half of a surrogate pair.
            if (count == 0)
                break;
        }

        var left = source.Length - (2 * read);
        return isEnd && left > 0 ? new(2 * read, written, left, left) : new(2 * read, written);
    }
}
