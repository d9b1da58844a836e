using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SigmoidApi.Tests.Contract;

/// <summary>
/// Splits a streamed answer into items, each as JSON: the lines of JSON lines, or events as objects of their fields. An item is checked as soon as its bytes
/// have arrived; an incomplete item is not checked.
/// </summary>
/// <param name="isEvents">True for server-sent events, false for JSON lines.</param>
/// <param name="check">Called with each item and its number, from 1.</param>
internal sealed class AnswerItems(bool isEvents, Action<long, JsonElement> check)
{
    /// <summary>The number of lines that are checked from the start; then one in <see cref="Every"/>, and the last.</summary>
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

    /// <summary>Ends the answer. The last line of JSON may lack a line break; an event may not.</summary>
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

    /// <summary>Reads a line of an event (HTML, 9.2.6), or the empty line that ends it.</summary>
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
