using System.Text.Json;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// Finds what is wrong with a file of records that DuckDB has refused: it counts records and not lines, and says nothing of where a number is too large.
/// So the file is read once more, until the first fault.
/// </summary>
internal sealed class JsonFault(DatasetFormat form)
{
    // Where records are, and what they hold.
    private readonly int _depth = form == DatasetFormat.Json ? 1 : 0;
    private readonly string _expected = form == DatasetFormat.Json ? "a JSON array of records" : "a JSON record on each line";
    private string? _column;
    private long _start;
    private long _end;
    private InvalidDatasetException? _found;

    /// <param name="path">The file.</param>
    /// <param name="form">An array or lines.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    public static InvalidDatasetException Find(string path, DatasetFormat form, CancellationToken cancellationToken)
    {
        var fault = new JsonFault(form);
        try
        {
            JsonTokens.Read(path, fault.Look, cancellationToken);
        }
        catch (JsonException malformed)
        {
            return new((malformed.LineNumber ?? 0) + 1, null, $"expected {fault._expected}; this one is malformed at byte {malformed.BytePositionInLine + 1} of the line");
        }

        return fault._found ?? new(1, null, $"expected {fault._expected}; the file is malformed");
    }

    private bool Look(ref Utf8JsonReader token, long line)
    {
        if (token.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsText(ref token))
            _found = new(line, null, $"expected {_expected}; a text of this one is not UTF-8, or has half of a surrogate pair");
        else if (token.CurrentDepth == _depth)
            LookAtRecord(ref token, line);
        else if (token.CurrentDepth < _depth && token.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
            _found = new(line, null, $"expected {_expected}, got {Describe(token.TokenType)}");
        else if (token.CurrentDepth == _depth + 1 && token.TokenType == JsonTokenType.PropertyName)
            _column = token.GetString();
        else if (token.CurrentDepth == _depth + 1 && token.TokenType == JsonTokenType.Number && !double.IsFinite(token.GetDouble()))
            _found = new(line, _column, $"expected a number of at most 1.8e308; got {ShownText.Of(token.ValueSpan)}");
        return _found is null;
    }

    // The bytes of a text are looked at when it is asked for.
    private static bool IsText(ref Utf8JsonReader token)
    {
        try
        {
            return token.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void LookAtRecord(ref Utf8JsonReader token, long line)
    {
        if (token.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
            _found = new(line, null, $"expected {_expected}, got {Describe(token.TokenType)}");
        else if (form != DatasetFormat.NdJson)
            return;
        else if (token.TokenType == JsonTokenType.StartObject && line == _end)
            _found = new(line, null, $"expected {_expected}, got more than one on this line");
        else if (token.TokenType == JsonTokenType.EndObject && line > _start)
            _found = new(_start, null, $"expected {_expected}; this one goes on to line {line}");
        if (token.TokenType == JsonTokenType.StartObject)
            _start = line;
        else
            _end = line;
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
