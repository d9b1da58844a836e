using System.ComponentModel.DataAnnotations;
using SigmoidApi.Http.Json;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>Rows in the request itself.</summary>
/// <param name="Features">The rows.</param>
/// <param name="Labels">The class of each row: numbers, texts, or true and false.</param>
/// <param name="SampleWeight">The weight of each row: 2 counts the row twice, 0 leaves it out; null is 1 for all.</param>
/// <param name="Clusters">A number for each row, equal for rows of the same cluster, for the covariance type <c>cluster</c>.</param>
public sealed record InlineData(
    Matrix Features,
    Labels Labels,
    [property: Range(0, double.MaxValue)] double[]? SampleWeight = null,
    double[]? Clusters = null);
