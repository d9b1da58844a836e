using SigmoidApi.Compute.Explanation;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Serving;

/// <summary>Translates the columns that a counterfactual may change to those of the model, and its new values back.</summary>
internal static class VariedColumns
{
    /// <summary>The column, or why it can't vary.</summary>
    /// <param name="model">A model of two classes.</param>
    /// <param name="row">The record.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="values">The values that it may get.</param>
    public static (VariedColumn? Column, InputFailure? Failure) Of(ServedModel model, Observations row, string name, VariedValues values)
    {
        var path = $"vary{JsonPath.Member(name)}";
        var index = model.Columns.ToList().FindIndex(column => column.Name == name);
        if (index < 0)
        {
            var hint = NearestName.Of(name, model.Columns.Select(column => column.Name)) is { } near ? $"; did you mean '{near}'?" : "";
            return (null, InputFailure.BadRequest(path, $"expected a column of the model{hint}"));
        }

        var served = model.Columns[index];
        return served.Category is { } category ? OfCategory(index, served, category, path, values) : OfNumber(model, row, index, path, values);
    }

    /// <summary>The new value of a column as a request writes it.</summary>
    public static ClassLabel Value(ServedColumn column, ChangedColumn change)
    {
        if (change.Number is { } number)
            return column.Type == ColumnType.Boolean ? new(number == 1) : new(number);
        var category = column.Category!;
        return new(change.Code < category.Levels.Count ? category.Levels[change.Code!.Value] : category.Infrequent[0]);
    }

    private static (VariedColumn? Column, InputFailure? Failure) OfCategory(
        int index, ServedColumn served, FittedCategory category, string path, VariedValues values)
    {
        if (values.Allowed is not { } allowed)
            return (VariedColumn.OfCategory(index, [.. Enumerable.Range(0, category.EndOfCodes)]), null);
        var codes = new List<int>();
        for (var i = 0; i < allowed.Count; i++)
        {
            if (Observations.CodeOf(allowed[i], served) is not (>= 0 and var code))
                return (null, InputFailure.BadRequest($"{path}[{i}]", "expected a level that the model knows"));
            codes.Add(code);
        }

        return codes.Count > 0
            ? (VariedColumn.OfCategory(index, codes), null)
            : (null, InputFailure.BadRequest(path, "expected at least one level, or true for every level that the model knows"));
    }

    private static (VariedColumn? Column, InputFailure? Failure) OfNumber(ServedModel model, Observations row, int index, string path, VariedValues values)
    {
        var served = model.Columns[index];
        var value = row.Numbers[served.Index];
        if (served.Type == ColumnType.DateTime)
            return (null, InputFailure.BadRequest(path, "expected a column of numbers, booleans or categories; dates do not vary"));
        if (double.IsNaN(value))
            return (null, InputFailure.BadRequest($"row{JsonPath.Member(served.Name)}", "expected a value, because the column may change; it is missing"));
        var isBoolean = served.Type == ColumnType.Boolean;
        double[] bounds;
        if (values.Allowed is { } allowed)
            bounds = [.. allowed.Select(cell => Observations.NumberOf(cell, served) ?? double.NaN)];
        else if (isBoolean)
            bounds = [0, 1];
        else
            return (null, InputFailure.BadRequest(path, "expected [low, high]: the model does not keep the range of a number"));
        if (bounds is not [var low, var high] || !double.IsFinite(low) || !double.IsFinite(high) || low > high)
            return (null, InputFailure.BadRequest(path, "expected [low, high]: the least and the greatest value, both finite"));
        var isWhole = isBoolean || (double.IsInteger(value) && double.IsInteger(low) && double.IsInteger(high));
        return (VariedColumn.OfNumber(index, low, high, ScaleOf(model, index), isWhole), null);
    }

    /// <summary>
    /// The standard deviation of the training rows, by which a coefficient is standardised. A coefficient of 0 does not show it; such a column can't change the
    /// prediction, and its scale does not matter.
    /// </summary>
    private static double ScaleOf(ServedModel model, int index)
    {
        var coefficient = model.Trained.Coefficients[model.OfTwo!.Preparation.Columns.Take(index).Sum(column => column.Terms().Count())];
        var scale = Math.Abs(coefficient.Standardized.Values[0] / coefficient.Estimate!.Value);
        return double.IsFinite(scale) && scale > 0 ? scale : 1;
    }
}
