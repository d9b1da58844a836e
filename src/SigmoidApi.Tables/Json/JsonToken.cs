namespace SigmoidApi.Tables.Json;

/// <summary>What stands in a JSON file.</summary>
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

    /// <summary><c>NaN</c>, which is no JSON, and which Python writes for a missing number all the same.</summary>
    NotANumber,

    /// <summary><c>Infinity</c>, which is no JSON either.</summary>
    Infinity,
}

/// <summary>Where a reader of tokens is: what may come next.</summary>
internal enum JsonPlace
{
    Value,
    ValueOrEnd,
    NameOrEnd,
    Colon,
    CommaOrEnd,
}
