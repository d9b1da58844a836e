using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The solver calls of a run, one after another: reports them, keeps them, and says when to stop. All else in a run follows from the data and the options, so
/// that a run is resumed by going through it from the top, where calls that were done are answered from the journal, and the one in hand
/// starts from its last state.
/// <para>
/// A part's state ends with a hash of what stands before it and of what decides the run. One that fits was written by the same run, whole.
/// </para>
/// </summary>
internal sealed class FitJournal
{
    /// <summary>To be raised whenever what a solver keeps, or the way it goes from there, changes.</summary>
    internal const int Version = 2;

    /// <summary>Checkpoints that take long come at most so many times as long after one another.</summary>
    private const int LeastDistance = 20;

    private const int HashedAtOnce = 1 << 20;

    private readonly FitControl _control;
    private readonly TimeProvider _time;
    private readonly int _calls;

    /// <summary>Hashes of what decides the run, and these rows' calls: not made before a part is written or looked for, as most fits end sooner.</summary>
    private readonly Lazy<byte[]> _run;
    private Lazy<byte[]> _data = new([]);
    private readonly Dictionary<int, FitCheckpoint> _kept = [];
    private readonly List<Func<FitCheckpoint>> _done = [];
    private DesignRows? _rows;
    private FitPhase _phase;
    private int _profiles;
    private int _call;
    private int _steps;
    private Action<StateArchive>? _shared;
    private Action<StateArchive>? _state;
    private StateArchive? _broken;
    private double? _passes;
    private long _last;
    private TimeSpan _interval;

    /// <param name="control">What the caller wants.</param>
    /// <param name="time">The clock of checkpoints.</param>
    /// <param name="calls">How many solver calls the run makes.</param>
    /// <param name="fingerprint">A hash of all that decides the run but the features; called once, if a part is written or looked for.</param>
    public FitJournal(FitControl control, TimeProvider time, int calls, Func<byte[]> fingerprint)
    {
        (_control, _time, _interval, _last) = (control, time, control.CheckpointInterval, time.GetTimestamp());
        _calls = calls;
        _run = new Lazy<byte[]>(fingerprint);
        foreach (var part in control.Resume ?? [])
            _kept[part.Part] = part;
    }

    /// <summary>Of one solver call that nobody keeps.</summary>
    public static FitJournal OfOneCall(Action<FitProgress>? progress) => new(new FitControl { Progress = progress }, TimeProvider.System, calls: 1, () => []);

    /// <summary>Whether the run was cut short.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Canceled when the run is to stop.</summary>
    public CancellationToken Stop => _control.Stop;

    /// <summary>Whether a solver should come to an end, without the run being cut short yet.</summary>
    public bool IsStopRequested => _control.Stop.IsCancellationRequested;

    /// <summary>Tells what the next calls are about, by numbers that other data would not have.</summary>
    /// <param name="data">The numbers.</param>
    /// <param name="profiles">How many parameters may have their profile followed after all calls, which takes as long as a call for each.</param>
    public void Begin(double[][] data, int profiles) => (_data, _profiles) = (new Lazy<byte[]>(() => Hash(_run.Value, data, [])), profiles);

    /// <summary>Where the next solver call ends: by the journal, or else by solving.</summary>
    /// <param name="rows">Whose passes are counted; forgotten when the call is over, as rows of other fits may need the room.</param>
    /// <param name="shared">What calls leave to those after them, besides where they end; null for nothing.</param>
    /// <param name="solve">May call <see cref="Resume"/>, and <see cref="Reach"/> for each iteration.</param>
    public SolverResult Call(DesignRows rows, Action<StateArchive>? shared, Func<SolverResult> solve)
    {
        (_rows, _shared) = (rows, shared);
        SolverResult? end = null;
        if (TakeKept() is { } part)
        {
            var archive = Opened(part);
            if (part.IsFinal)
            {
                rows.Passes = _passes!.Value;
                end = SolverResult.Through(archive, null);
            }
            else
            {
                _broken = archive;
            }
        }
        if (end is null)
        {
            end = solve();
            if (!IsStopped && _control.Checkpoint is not null)
                _done.Add(Told(isFinal: true, archive => SolverResult.Through(archive, end)));
        }
        (_rows, _shared, _state, _broken, _passes) = (null, null, null, null, null);
        _call++;
        if (_done.Count > 0 && IsDue)
            Write(inHand: null);
        return end;
    }

    /// <summary>The profiles of the parameters, after all calls, as a part of their own.</summary>
    /// <param name="rows">Of the fit.</param>
    /// <param name="state">What is done of them.</param>
    /// <param name="follow">
    /// Calls <see cref="Reach"/> for each number of parameters that are done, from that in <paramref name="state"/> on; returns whether all are.
    /// </param>
    public void Profile(DesignRows rows, Action<StateArchive> state, Func<bool> follow)
    {
        (_rows, _shared, _state, _phase) = (rows, null, state, FitPhase.Intervals);
        var kept = TakeKept();
        if (kept is not null)
            state(Opened(kept));
        if (kept is not { IsFinal: true } && follow() && _control.Checkpoint is not null)
            _done.Add(Told(isFinal: true, state));
        (_rows, _state, _passes) = (null, null, null);
        if (_done.Count > 0 && IsDue)
            Write(inHand: null);
    }

    /// <summary>Whether there is a state for the call in hand to start from; then it has been read.</summary>
    /// <param name="state">The call's own state at the start of an iteration: what doesn't follow from its arguments.</param>
    public bool Resume(Action<StateArchive> state)
    {
        _state = state;
        if (_broken is null)
            return false;
        state(_broken);
        _broken = null;
        return true;
    }

    /// <summary>Reports an iteration and keeps its state if that is due. Returns whether to stop there.</summary>
    public bool Reach(int iteration, int maxIterations, double value, double gradientNorm)
    {
        if (_passes is { } passes)
        {
            // This iteration was reported before the run was broken, and what the solver did to get back here the run as a whole did once.
            _rows!.Passes = passes;
            _passes = null;
        }
        else
        {
            var share = (double)iteration / maxIterations;
            _control.Progress?.Invoke(new FitProgress(iteration, maxIterations, value, gradientNorm)
            {
                Phase = _phase,
                Step = _steps,
                Fit = _call,
                Fits = _calls + (_profiles > 0 ? 1 : 0),
                Fraction = (_call + (_phase == FitPhase.Intervals ? share * _profiles : share)) / (_calls + _profiles),
            });
            _steps++;
            if (_state is not null && _control.Checkpoint is not null && IsDue)
                Write(inHand: _state);
        }
        return Stops();
    }

    /// <summary>Whether to stop before the next solver call; one that stands in the journal is to be had still.</summary>
    public bool StopsBeforeNext() => !_kept.ContainsKey(_call) && Stops();

    /// <summary>Whether to stop, which then cuts the run short.</summary>
    public bool Stops() => IsStopped |= IsStopRequested;

    /// <summary>What is said of a run that was cut short.</summary>
    public ConvergenceWarning Warning() => ConvergenceWarning.Stopped(_call, _calls);

    private bool IsDue => _time.GetElapsedTime(_last) >= _interval;

    private void Write(Action<StateArchive>? inHand)
    {
        var start = _time.GetTimestamp();
        if (inHand is not null)
            _done.Add(Told(isFinal: false, inHand));
        _control.Checkpoint!([.. _done.Select(part => part())]);
        _done.Clear();
        _last = _time.GetTimestamp();
        if (_control.CheckpointInterval > TimeSpan.Zero)
            _interval = TimeSpan.FromTicks(Math.Max(_control.CheckpointInterval.Ticks, LeastDistance * _time.GetElapsedTime(start, _last).Ticks));
    }

    /// <summary>The kept part of the next call, if it is this run's; if it is not, those after it are nothing to go by either.</summary>
    private FitCheckpoint? TakeKept()
    {
        if (_kept.GetValueOrDefault(_call) is { State: { Length: > SHA256.HashSizeInBytes } state } part
            && Seal(_data, part.Part, part.IsFinal, state.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(state.AsSpan(^SHA256.HashSizeInBytes..)))
        {
            return part;
        }
        _kept.Clear();
        return null;
    }

    private StateArchive Opened(FitCheckpoint part)
    {
        var archive = new StateArchive(part.State.AsMemory(..^SHA256.HashSizeInBytes));
        Through(archive);
        if (!part.IsFinal)
            _kept.Clear();
        return archive;
    }

    /// <summary>The part that this call comes to, told now and sealed when it is asked for.</summary>
    private Func<FitCheckpoint> Told(bool isFinal, Action<StateArchive> state)
    {
        var archive = new StateArchive();
        Through(archive);
        state(archive);
        var (part, data) = (_call, _data);
        return () => new FitCheckpoint(part, isFinal, [.. archive.Written, .. Seal(data, part, isFinal, archive.Written)]);
    }

    private void Through(StateArchive archive)
    {
        _steps = archive.Integer(_steps);
        var passes = archive.Number(_rows!.Passes);
        _passes = archive.IsRead ? passes : null;
        _shared?.Invoke(archive);
    }

    private static byte[] Seal(Lazy<byte[]> data, int part, bool isFinal, ReadOnlySpan<byte> state) =>
        SHA256.HashData([.. data.Value, .. BitConverter.GetBytes(part), isFinal ? (byte)1 : (byte)0, .. state]);

    /// <summary>SHA-256 of bytes and of arrays with their lengths; a null array has the length -1.</summary>
    internal static byte[] Hash(ReadOnlySpan<byte> lead, double[]?[] numbers, int[]?[] integers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(lead);
        foreach (var values in numbers)
            Append<double>(values);
        foreach (var values in integers)
            Append<int>(values);
        return hash.GetHashAndReset();

        void Append<T>(T[]? values)
            where T : unmanaged
        {
            hash.AppendData(BitConverter.GetBytes(values?.Length ?? -1));
            // By chunks, for the bytes of an array may be more than a span takes.
            for (var first = 0; first < values?.Length; first += HashedAtOnce)
                hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan(first, Math.Min(HashedAtOnce, values.Length - first))));
        }
    }
}
