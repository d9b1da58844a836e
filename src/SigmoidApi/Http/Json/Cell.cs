using System.Globalization;

namespace SigmoidApi.Http.Json;

/// <summary>What a <see cref="Cell"/> holds.</summary>
public enum CellKind
{
    /// <summary>Nothing: the record does not have the column.</summary>
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

    /// <summary>The number; NaN in a cell of another kind.</summary>
    public double Number => _number;

    /// <summary>
    /// The text, also that of an array or object; of a number that JSON cannot write, its name, which is how it came (<c>"NaN"</c>): to a column of categories that is a category.
    /// Of a whole number beyond 2⁵³ it is the digits as they came. Null in any other cell.
    /// </summary>
    public string? Text => _text ?? (Kind != CellKind.Number || double.IsFinite(_number) ? null : _number.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a caller calls it, in a message that says what came.</summary>
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
