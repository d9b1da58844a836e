using System.Runtime.InteropServices;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// The loss of every iteration. When there are more than <paramref name="capacity"/> points, every second one is dropped, and again when the rest grow too
/// many: the points stay evenly spread. The last point is always kept.
/// </summary>
internal sealed class LossHistory(int capacity)
{
    private readonly Lock _lock = new();
    private readonly List<LossPoint> _points = [];
    private int _every = 1;

    /// <summary>Starts from the points of the previous run.</summary>
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

    /// <summary>Adds a point. It replaces the points of the same and later steps, which a previous run may have left.</summary>
    public void Add(LossPoint point)
    {
        lock (_lock)
        {
            while (_points.Count > 0 && _points[^1].Step >= point.Step)
                _points.RemoveAt(_points.Count - 1);
            // The point before may have been kept only because it was the last.
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
