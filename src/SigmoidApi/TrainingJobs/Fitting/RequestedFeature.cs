using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>A feature of a request: its column of the data set, whether it is read as a category, and how it becomes terms.</summary>
internal sealed record RequestedFeature(ColumnProfile Column, bool IsCategory, ColumnPreparation Preparation)
{
    /// <summary>
    /// The features of a request, in its order. Without a penalty to choose among equal models, the levels of a category are compared with its first one,
    /// unless the request wants all levels. Without an intercept, the first category that the request leaves to the defaults keeps all its levels: they take
    /// the intercept's place.
    /// </summary>
    /// <param name="request">With its features named.</param>
    /// <param name="dataset">Has all these features.</param>
    public static IReadOnlyList<RequestedFeature> Of(TrainingRequest request, Dataset dataset)
    {
        var columns = dataset.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var preparation = request.Preparation ?? PreparationRequest.Default;
        RequestedFeature[] Dropping(DroppedLevel drop) =>
        [
            .. from name in request.Features!
               let column = columns[name]
               let isCategory = preparation.IsCategory(column)
               select new RequestedFeature(column, isCategory, preparation.For(name, isCategory, drop)),
        ];
        var whole = Dropping(DroppedLevel.None);
        if (request.EffectivePenalty is not (Penalty.None or Penalty.Firth))
            return whole;
        var reduced = Dropping(DroppedLevel.First);
        var hasConstant = request.FitIntercept || reduced.Any(feature => feature.IsCategory && feature.Preparation.Drop == DroppedLevel.None);
        var keepsAll = hasConstant ? -1 : Enumerable.Range(0, whole.Length).FirstOrDefault(i => whole[i].Preparation.Drop != reduced[i].Preparation.Drop, -1);
        if (keepsAll >= 0)
            reduced[keepsAll] = whole[keepsAll];
        return reduced;
    }
}
