using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace SigmoidApi.Tables.Charsets;

/// <summary>UTF-16: half of a surrogate pair alone is wrong, and so is half of a unit at the end.</summary>
internal sealed class Utf16Decoder(bool isBigEndian) : TextDecoder
{
    public override Decoded Decode(ReadOnlySpan<byte> source, bool isEnd, Span<byte> utf8)
    {
        var units = MemoryMarshal.Cast<byte, ushort>(source);
        // In parts, so that wrong units do not have all that follows turned around for each of them.
        Span<ushort> turned = stackalloc ushort[512];
        var (read, written) = (0, 0);
        while (read < units.Length)
        {
            scoped var part = units.Slice(read, Math.Min(units.Length - read, turned.Length));
            var isLast = read + part.Length == units.Length;
            if (isBigEndian == BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(part, turned);
                part = turned[..part.Length];
            }

            var characters = MemoryMarshal.Cast<ushort, char>(part);
            var status = Utf8.FromUtf16(
                characters, utf8[written..], out var count, out var bytes, replaceInvalidSequences: false, isFinalBlock: isEnd && isLast);
            read += count;
            written += bytes;
            if (status == OperationStatus.InvalidData)
                return new(2 * read, written, Wrong: 2, Skipped: 2);
            // The first half of a pair, at the end of what has come.
            if (count == 0)
                break;
        }

        var left = source.Length - (2 * read);
        return isEnd && left > 0 ? new(2 * read, written, left, left) : new(2 * read, written);
    }
}
