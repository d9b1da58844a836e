using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>A point of a loss curve.</summary>
/// <param name="Step">Counts the iterations of all fits of the job from 0.</param>
/// <param name="Fit">The fit's number among those of the job, in their order; 0 when there is only one.</param>
/// <param name="Iteration">Counts the iterations of that fit.</param>
/// <param name="Loss">Mean objective.</param>
/// <param name="GradientNorm">Largest absolute entry of its gradient.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LossPoint(
    [property: Range(0, int.MaxValue)] int Step,
    [property: Range(0, int.MaxValue)] int Fit,
    [property: Range(0, int.MaxValue)] int Iteration,
    double Loss,
    [property: Range(0, double.MaxValue)] double GradientNorm);
