namespace SigmoidApi.Tables.Json;

/// <summary>The tokens of a JSON file.</summary>
internal enum JsonToken
{
    /// <summary>The end of the file.</summary>
    End,
    StartObject,
    EndObject,
    StartArray,
    EndArray,

    /// <summary>The name of a value in an object; the value is the next token.</summary>
    Name,
    String,
    Number,
    True,
    False,
    Null,

    /// <summary><c>NaN</c>: not JSON, but Python writes it for a missing number.</summary>
    NotANumber,

    /// <summary><c>Infinity</c>: not JSON either.</summary>
    Infinity,
}

/// <summary>What may follow at the position of a reader of tokens.</summary>
internal enum JsonPlace
{
    Value,
    ValueOrEnd,
    NameOrEnd,
    Colon,
    CommaOrEnd,
}
