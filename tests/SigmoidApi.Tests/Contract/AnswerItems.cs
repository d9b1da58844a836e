using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SigmoidApi.Tests.Contract;

/// <summary>
/// The parts of an answer in sequence, each as JSON: the lines of JSON lines, or the events of a stream as objects of their fields. They come out as the bytes
/// come in; a part that breaks off is not checked.
/// </summary>
/// <param name="isEvents">Server-sent events; JSON lines otherwise.</param>
/// <param name="check">Takes each part and its number from 1.</param>
internal sealed class AnswerItems(bool isEvents, Action<long, JsonElement> check)
{
    /// <summary>Of lines this many are looked at from the start, then one in <see cref="Every"/>, and the last.</summary>
    private const int First = 1000;

    private const int Every = 101;

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly JsonObject _event = [];
    private long _count;
    private byte[]? _passedOver;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            _line.Write(bytes[..end]);
            EndLine();
        }

        _line.Write(bytes);
    }

    /// <summary>The answer has come to its end. A last line of JSON needs no end of its own; an event does.</summary>
    public void End()
    {
        if (isEvents)
            return;
        EndLine();
        if (_passedOver is { } last)
            check(_count, JsonElement.Parse(last));
    }

    private void EndLine()
    {
        var line = _line.WrittenSpan;
        if (line is [.. var before, (byte)'\r'])
            line = before;
        if (isEvents)
            AddField(System.Text.Encoding.UTF8.GetString(line));
        else if (line.ContainsAnyExcept((byte)' ', (byte)'\t'))
            AddJson(line);
        _line.ResetWrittenCount();
    }

    private void AddJson(ReadOnlySpan<byte> line)
    {
        _count++;
        var isLookedAt = _count <= First || _count % Every == 0;
        _passedOver = isLookedAt ? null : line.ToArray();
        if (isLookedAt)
            check(_count, JsonElement.Parse(line));
    }

    /// <summary>A line of an event (HTML, 9.2.6), or the empty one after its last.</summary>
    private void AddField(string line)
    {
        if (line.Length == 0)
        {
            if (_event.Count > 0)
                check(++_count, JsonSerializer.SerializeToElement(_event));
            _event.Clear();
            return;
        }

        var (name, value) = line.Split(':', 2) is [var before, var after] ? (before, after.StartsWith(' ') ? after[1..] : after) : (line, "");
        if (name == "retry")
            _event[name] = JsonNode.Parse(value);
        else if (name.Length > 0)
            _event[name] = _event[name] is { } earlier ? $"{earlier}\n{value}" : value;
    }
}
