using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Evaluates the trials of a <see cref="Descent"/> near a reference point (<see cref="NearbyObjective"/>), and decides how far from it they can be trusted:
/// until the decrease that the next step promises is a share of the one at the reference point. If an exact evaluation there promises about the same, the
/// share becomes smaller, otherwise it becomes what was really reached. If almost nothing was reached, all trials are exact from there on.
/// </summary>
/// <param name="objective">f</param>
/// <param name="every">n: exact trials sum over every n-th tile of rows.</param>
internal sealed class RoundedTrials(LogisticObjective objective, int every)
{
    private const double FirstShare = 1e-4;

    /// <summary>Below it the rounding of float32, about 1e-7 of what was gained since the reference point, would show in differences of f.</summary>
    private const double LeastShare = 1e-6;

    /// <summary>From one reference point to the next, the promised decrease must fall to this share.</summary>
    private const double LeastProgress = 0.1;

    /// <summary>How many times more than the rounded rows promise an exact evaluation may promise.</summary>
    private const double Agreement = 4;

    /// <summary>f near the reference point; null if trials are exact.</summary>
    public NearbyObjective? Nearby { get; private set; }

    /// <summary>The reference point of a loaded state; empty if its trials were exact.</summary>
    private double[] _loaded = [];

    /// <summary>The decrease that was promised at the reference point.</summary>
    private double _atReference = double.NaN;

    /// <summary>The same for the reference point before, until the two are compared. NaN if there is none.</summary>
    private double _before = double.NaN;

    /// <summary>The decrease that was promised last by rounded rows.</summary>
    private double _latest;

    private double _share = FirstShare;

    public bool IsActive => Nearby is not null;

    /// <summary>Starts if that is faster for the rows.</summary>
    public void Start() => Nearby = objective.Nearby();

    /// <summary>Ends: all trials are exact from now on.</summary>
    public void End() => Nearby = null;

    /// <summary>f̂, or f if trials are exact.</summary>
    public double Evaluate(double[] parameters, double[] gradient, CancellationToken cancellationToken) =>
        Nearby?.Evaluate(parameters, gradient, cancellationToken) ?? objective.Evaluate(parameters, gradient, cancellationToken, every);

    /// <summary>
    /// f by an exact pass. The parameters become the reference point. If f is larger than at the reference point before, the parameters become that point
    /// instead, and the trials end.
    /// </summary>
    public double EvaluateExactly(ref double[] parameters, double[] gradient, CancellationToken cancellationToken)
    {
        if (Nearby is null)
            return objective.Evaluate(parameters, gradient, cancellationToken, every);
        var (reference, least) = (Nearby.Reference, Nearby.ReferenceValue);
        var value = Nearby.MoveTo(parameters, gradient, cancellationToken);
        (_before, _atReference) = (_atReference, double.NaN);
        if (!Nearby.IsUsable)
            End();
        if (reference.Length == 0 || value <= least)
            return value;
        End();
        parameters = reference;
        return objective.Evaluate(parameters, gradient, cancellationToken, every);
    }

    /// <summary>Notes the decrease that a step from the current point promises.</summary>
    public void Note(double decrease, bool isExact)
    {
        if (!isExact)
        {
            _latest = decrease;
            return;
        }
        if (decrease > LeastProgress * _before)
            End();
        else if (!double.IsNaN(_before))
            _share = decrease > Agreement * _latest ? Math.Min(LeastProgress, Agreement * decrease / _before) : Math.Max(LeastShare, _share / 100);
        (_atReference, _before) = (decrease, double.NaN);
    }

    /// <summary>Whether the next step promises so little that the point must become the reference point first.</summary>
    public bool IsDue(double decrease) => !(decrease > _share * _atReference);

    public void SaveOrLoad(StateArchive archive)
    {
        _loaded = archive.Numbers(Nearby?.Reference);
        (_atReference, _before) = (archive.Number(_atReference), archive.Number(_before));
        (_latest, _share) = (archive.Number(_latest), archive.Number(_share));
    }

    /// <summary>Takes up the reference point of a loaded state, in one pass if there is one.</summary>
    public void Restore(double[] gradient, CancellationToken cancellationToken)
    {
        if (_loaded.Length == 0)
        {
            End();
            return;
        }
        if (Nearby is null)
            Start();
        Nearby!.MoveTo(_loaded, gradient, cancellationToken);
    }
}
