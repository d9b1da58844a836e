using System.Globalization;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Models;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>Checks a request against the classes of its target.</summary>
internal static class LabelsOfRequest
{
    private const int MostShown = 10;

    /// <summary>The first field that does not fit these classes, and what was expected of it; null if all do.</summary>
    /// <param name="request">The request.</param>
    /// <param name="labels">All classes of the target.</param>
    /// <param name="which">What the labels are, for the message.</param>
    public static (string Field, string Message)? Failure(TrainingRequest request, ClassLabel[] labels, string which)
    {
        if (Failure(request, labels.Length) is { } failure)
            return failure;
        foreach (var (field, value) in new[] { ("positiveClass", request.PositiveClass), ("baseClass", request.BaseClass) })
        {
            if (value is not null && !Array.Exists(labels, label => label.Is(value)))
                return (field, $"expected {Shown(labels, " or ")}, {which}, got '{value}'");
        }

        var weights = request.ClassWeight?.ByLabel?.Keys.ToArray() ?? [];
        if (Array.Find(weights, weight => !Array.Exists(labels, label => label.Is(weight))) is { } unknown)
            return ("classWeight", $"expected weights for {Shown(labels, " and ")}, {which}, got one for '{unknown}'");
        return Array.Exists(labels, label => weights.Count(label.Is) > 1) ? ("classWeight", "expected each label once") : null;
    }

    /// <summary>The same for fields that depend on the number of classes alone.</summary>
    public static (string Field, string Message)? Failure(TrainingRequest request, long classes)
    {
        var count = classes.ToString(CultureInfo.InvariantCulture);
        if (classes == 2)
        {
            return request.BaseClass is not null
                ? ("baseClass", "expected nothing for two classes, whose positiveClass is the one that probabilities are of")
                : null;
        }

        if (request.EffectivePenalty == Penalty.Firth)
            return ("penalty", $"expected another penalty than 'firth' for {count} classes: it is for two; 'l2' also keeps every estimate finite");
        if (request.InitialWeights is not null)
            return ("initialWeights", $"expected nothing for {count} classes: they are for two");
        return request.PositiveClass is not null
            ? ("positiveClass", $"expected nothing for {count} classes: each has a probability of its own")
            : null;
    }

    private static string Shown(ClassLabel[] labels, string between) =>
        string.Join(between, labels.Take(MostShown)) + (labels.Length > MostShown ? $" and {labels.Length - MostShown} others" : "");
}
