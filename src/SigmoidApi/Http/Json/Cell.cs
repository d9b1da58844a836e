using System.Globalization;

namespace SigmoidApi.Http.Json;

/// <summary>The kinds of a <see cref="Cell"/>.</summary>
public enum CellKind
{
    /// <summary>The record does not have the column.</summary>
    Absent,
    Null,
    False,
    True,
    Number,
    Text,
}

/// <summary>One cell of a <see cref="CellTable"/>.</summary>
public readonly record struct Cell
{
    private readonly double _number;
    private readonly string? _text;

    internal Cell(CellKind kind, double number = double.NaN, string? text = null)
    {
        Kind = kind;
        _number = number;
        _text = text;
    }

    public CellKind Kind { get; }

    /// <summary>The number; NaN for another kind.</summary>
    public double Number => _number;

    /// <summary>
    /// The text, also of an array or object. For a number that JSON cannot write it is the name, <c>"NaN"</c>, which a column of categories takes as a
    /// category. For an integer beyond 2⁵³ it is the digits. Null for other cells.
    /// </summary>
    public string? Text =>
        _text ?? (Kind != CellKind.Number || double.IsFinite(_number) ? null : _number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The cell in the caller's words, for messages.</summary>
    public string Description => Kind switch
    {
        CellKind.Absent => "nothing",
        CellKind.Null => "null",
        CellKind.False => "false",
        CellKind.True => "true",
        CellKind.Number => "a number",
        _ => "a string",
    };
}
