using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>A point of a loss curve.</summary>
/// <param name="Step">Counts the iterations of all fits of the job from 0.</param>
/// <param name="Fit">Which of the job's fits: 0 for the only one, or of a path and of folds their number in order.</param>
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

/// <summary>
/// The loss of every iteration; of more than <paramref name="capacity"/> every second one is dropped, then every second of what is left, and so on, so that the
/// points stay evenly spread. The last one is always there.
/// </summary>
internal sealed class LossHistory(int capacity)
{
    private readonly Lock _lock = new();
    private readonly List<LossPoint> _points = [];
    private int _every = 1;

    /// <summary>Begins with the points of the run before this one.</summary>
    public void Resume(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _points.Clear();
            _every = 1;
            _points.AddRange(FromBytes(bytes));
            while (_points.Count > 2 && _points[^2].Step > (long)_every * (_points.Count - 2))
                _every *= 2;
        }
    }

    /// <summary>Adds a point in the place of those, if there are any, that a run before this one had from there on.</summary>
    public void Add(LossPoint point)
    {
        lock (_lock)
        {
            while (_points.Count > 0 && _points[^1].Step >= point.Step)
                _points.RemoveAt(_points.Count - 1);
            // The last point was kept for being the last.
            if (_points.Count > 0 && _points[^1].Step % _every != 0)
                _points.RemoveAt(_points.Count - 1);
            _points.Add(point);
            Thin();
        }
    }

    public LossPoint[] Points()
    {
        lock (_lock)
            return [.. _points];
    }

    public byte[] ToBytes()
    {
        lock (_lock)
            return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_points)).ToArray();
    }

    public static LossPoint[] FromBytes(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, LossPoint>(bytes).ToArray();

    private void Thin()
    {
        while (_points.Count > capacity)
        {
            _every *= 2;
            var last = _points[^1];
            _points.RemoveAll(point => point.Step % _every != 0 && point != last);
        }
    }
}
