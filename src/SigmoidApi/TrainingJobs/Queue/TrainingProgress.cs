using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The progress of a job's fits.</summary>
/// <param name="Iteration">Iterations done of the current fit. A path or a cross-validation has a fit for each point and each fold.</param>
/// <param name="MaxIterations">The most iterations of one fit.</param>
/// <param name="Loss">Mean objective at the current weights.</param>
/// <param name="GradientNorm">Largest absolute entry of its gradient.</param>
/// <param name="Fraction">The least share of all fits that is done; 1 at the end.</param>
/// <param name="Step">Counts the iterations of all fits of the job; <c>Last-Event-ID</c> and the points of <c>/history</c> refer to it.</param>
/// <param name="SecondsLeft">The longest that the rest takes at the pace so far; null until there is an estimate.</param>
/// <param name="Phase"><c>fit</c>, or <c>intervals</c> while Firth's fit follows profiles: then <c>iteration</c> counts parameters done, of all.</param>
public sealed record TrainingProgress(
    [property: Range(0, int.MaxValue)] int Iteration,
    [property: Range(0, int.MaxValue)] int MaxIterations,
    double Loss,
    [property: Range(0, double.MaxValue)] double GradientNorm,
    [property: Range(0d, 1d)] double Fraction,
    [property: Range(0, int.MaxValue)] int Step = 0,
    [property: Range(0, double.MaxValue)] double? SecondsLeft = null,
    FitPhase Phase = FitPhase.Fit);
