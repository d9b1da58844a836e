using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs;

/// <summary>Checks a request against its data. <see cref="TrainingRequestValidator"/> has checked everything that needs no data.</summary>
internal static class DataCheck
{
    /// <param name="request">The request.</param>
    /// <param name="data">Its rows.</param>
    /// <param name="maxClasses">The most classes (<c>Limits:MaxClasses</c>).</param>
    /// <returns>The first problem; null if the data can be trained on.</returns>
    public static ProblemHttpResult? Check(TrainingRequest request, InlineData data, int maxClasses)
    {
        var classes = TargetClasses.Of(InlineRows.Target(data.Labels.Values, data.Labels.Texts, data.Labels.AreBooleans));
        if (classes.Length == 1)
            return Impossible("data.labels", $"expected labels of at least two classes, got only {classes[0]}");
        if (classes.Length > maxClasses)
            return Impossible("data.labels", $"expected labels of at most {maxClasses} classes (Limits:MaxClasses), got {classes.Length}");
        if (TargetClasses.Fractional(classes) is { } fractional)
        {
            return Impossible(
                "data.labels", $"expected labels of classes, but they have numbers that are not whole, such as {fractional}{TargetColumn.Binning}");
        }

        if (data.SampleWeight is { } weights && Array.TrueForAll(weights, weight => weight == 0))
            return Impossible("data.sampleWeight", "expected a weight above 0, got only 0");
        if (data.Clusters is { } clusters && Array.TrueForAll(clusters, cluster => cluster == clusters[0]))
            return Impossible("data.clusters", $"expected at least two different clusters, got only {clusters[0]}");
        return ProblemOf(LabelsOfRequest.Failure(request, classes, "the labels of 'data'")) ?? RareClass.Check(request, data.Labels);
    }

    /// <param name="request">With its features named.</param>
    /// <param name="dataset">The data set to train on.</param>
    /// <param name="maxClasses">The most classes (<c>Limits:MaxClasses</c>).</param>
    /// <returns>The first problem; null if the data set can be trained on.</returns>
    public static ProblemHttpResult? Check(TrainingRequest request, Dataset dataset, int maxClasses)
    {
        var columns = dataset.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        return CheckNames(request, dataset, columns)
            ?? CheckTarget(columns[request.Target!], maxClasses)
            ?? CheckOtherColumns(request, columns)
            ?? CheckPreparation(request, dataset)
            ?? CheckClustersAndWeights(request, columns)
            ?? CheckClasses(request, columns[request.Target!]);
    }

    private static ProblemHttpResult? CheckNames(TrainingRequest request, Dataset dataset, Dictionary<string, ColumnProfile> columns)
    {
        var named = request.Features!.Select((column, i) => (Field: $"features[{i}]", Column: column)).Concat(request.OtherColumns)
            .Concat((request.Preparation?.Columns?.Keys ?? []).Select(column => (Field: $"preparation.columns{JsonPath.Member(column)}", Column: column)));
        foreach (var (field, column) in named)
        {
            if (!columns.ContainsKey(column))
                return Problems.Field(StatusCodes.Status400BadRequest, field, dataset.ExpectedColumn(column));
        }

        if (request.Features!.Count > 0)
            return null;
        var others = string.Join(" and the ", request.OtherColumns.Select(c => c.Field));
        return Impossible("datasetId", $"expected a data set with a column besides the {others}");
    }

    private static ProblemHttpResult? CheckTarget(ColumnProfile target, int maxClasses) =>
        TargetColumn.Against(target, maxClasses) is { } message ? Impossible("target", message) : null;

    private static ProblemHttpResult? CheckOtherColumns(TrainingRequest request, Dictionary<string, ColumnProfile> columns)
    {
        if (request.SampleWeight is { } weightColumn && columns[weightColumn] is var weights && !(weights.Minimum >= 0 && weights.Maximum > 0))
        {
            var found = weights.Distinct == 0 ? "has no values" : weights.IsText ? "is text" : $"goes from {weights.Minimum} to {weights.Maximum}";
            return Impossible("sampleWeight", $"expected a column of numbers of at least 0, with one above 0, but '{weights.Name}' {found}");
        }

        return request.Validation?.TimeBy is { } time && columns[time].IsText
            ? Impossible("validation.timeBy", $"expected a column of dates or numbers, but '{time}' is text")
            : null;
    }

    private static ProblemHttpResult? CheckPreparation(TrainingRequest request, Dataset dataset)
    {
        foreach (var column in request.Preparation?.Columns is null ? [] : dataset.Columns)
        {
            if (request.Preparation!.Columns!.GetValueOrDefault(column.Name) is { } preparation
                && PreparationMessage(column, request.Preparation.IsCategory(column), preparation) is { } message)
            {
                return Impossible($"preparation.columns{JsonPath.Member(column.Name)}", message);
            }
        }

        return null;
    }

    private static string? PreparationMessage(ColumnProfile column, bool isCategory, ColumnPreparationRequest preparation)
    {
        if (column.IsText && preparation.Type == TakenAs.Number)
            return $"expected 'category', since '{column.Name}' is text";
        if (isCategory && PreparationRules.CategoryImputation(preparation, $"'{column.Name}', which is a category") is { } failure)
            return failure.Message;
        if (preparation.Reference is not null && !isCategory)
            return $"expected no reference level of '{column.Name}', which is not a category";
        return preparation.Reference is { } level && column is { IsText: true, Categories: { } known } && column.Distinct <= known.Count
            && !known.Any(category => category.Value == ShownText.Short(level))
            ? $"expected a level of '{column.Name}' as the reference, got '{level}'{NearestName.Hint(level, known.Select(category => category.Value))}"
            : null;
    }

    private static ProblemHttpResult? CheckClustersAndWeights(TrainingRequest request, Dictionary<string, ColumnProfile> columns)
    {
        if (request.ClusterBy is { } clusterColumn && columns[clusterColumn].Distinct is var clusters and < 2)
            return Impossible("clusterBy", $"expected a column of at least two different values, but '{clusterColumn}' has {clusters}");
        var width = request.Features!.Count;
        return request.InitialWeights is { } start && start.Length != width
            ? Problems.Field(StatusCodes.Status400BadRequest, "initialWeights", $"expected a weight for each of the {width} features, got {start.Length}")
            : null;
    }

    private static ProblemHttpResult? CheckClasses(TrainingRequest request, ColumnProfile target)
    {
        if (target.Categories is { } classes && classes.Any(category => category.Value.Length > ShownText.MostCharacters))
        {
            var longest = $"expected values of at most {ShownText.MostCharacters} characters";
            return Impossible("target", $"{longest}, but '{target.Name}' has longer ones, which every prediction would repeat");
        }

        var failure = LabelsOf(target) is { } labels
            ? LabelsOfRequest.Failure(request, labels, $"the values of '{target.Name}'")
            : LabelsOfRequest.Failure(request, target.Distinct);
        return ProblemOf(failure);
    }

    /// <summary>The classes of a target; null if the profile does not list all.</summary>
    private static ClassLabel[]? LabelsOf(ColumnProfile target)
    {
        if (target.IsText)
            return target.Distinct == target.Categories!.Count ? [.. target.Categories.Select(category => new ClassLabel(category.Value))] : null;
        return target.Distinct == 2 ? [new(target.Minimum ?? 0), new(target.Maximum ?? 0)] : null;
    }

    private static ProblemHttpResult? ProblemOf((string Field, string Message)? failure) =>
        failure is { } found ? Impossible(found.Field, found.Message) : null;

    private static ProblemHttpResult Impossible(string path, string message) => Problems.Field(StatusCodes.Status422UnprocessableEntity, path, message);
}
