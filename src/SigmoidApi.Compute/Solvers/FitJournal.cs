using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Reports the solver calls of a run, writes checkpoints of them, and says when to stop. Everything else in a run follows from the data and the options.
/// So a run is resumed by starting it again: finished calls return their results from the journal, and the call that was interrupted starts
/// from its last state.
/// <para>
/// The state of a part ends with a hash of the bytes before it and of everything that decides the run. If the hash matches, the state is complete and was
/// written by the same run.
/// </para>
/// <para>
/// Order of calls: <see cref="Begin"/> before the calls on new rows, then <see cref="Call"/> for each solver call, and <see cref="Profile"/> at the end.
/// Within a call the solver may call <see cref="Resume"/> once, then <see cref="Report"/> for each iteration.
/// </para>
/// </summary>
internal sealed class FitJournal
{
    /// <summary>Must be raised whenever the state that a solver saves, or what it computes from there on, changes.</summary>
    internal const int Version = 3;

    /// <summary>Between two checkpoints there is at least this many times the time that a checkpoint takes.</summary>
    private const int LeastDistance = 20;

    private const int HashedAtOnce = 1 << 20;

    private readonly FitControl _control;
    private readonly TimeProvider _time;
    private readonly int _calls;

    /// <summary>A hash of what decides the run. Lazy, because most fits end before the first checkpoint.</summary>
    private readonly Lazy<byte[]> _run;

    /// <summary>A hash of what decides the calls on the current rows.</summary>
    private Lazy<byte[]> _data = new([]);

    /// <summary>The parts to resume from, by their number.</summary>
    private readonly Dictionary<int, FitCheckpoint> _saved = [];

    /// <summary>Parts for the next checkpoint.</summary>
    private readonly List<Func<FitCheckpoint>> _unwritten = [];
    private DesignRows? _rows;
    private FitPhase _phase;
    private int _profiles;
    private int _call;
    private int _steps;
    private Action<StateArchive>? _shared;
    private Action<StateArchive>? _state;

    /// <summary>The loaded state of the current call, until its solver resumes from it.</summary>
    private StateArchive? _loaded;

    /// <summary>The passes of the current call up to its loaded state, until the solver has reached that state again.</summary>
    private double? _passes;
    private long _lastWrite;
    private TimeSpan _interval;

    /// <param name="control">The caller's callbacks and saved parts.</param>
    /// <param name="time">The clock of checkpoints.</param>
    /// <param name="calls">How many solver calls the run makes.</param>
    /// <param name="fingerprint">Hashes everything that decides the run except the features. Called at most once, when a part is written or loaded.</param>
    public FitJournal(FitControl control, TimeProvider time, int calls, Func<byte[]> fingerprint)
    {
        (_control, _time, _interval, _lastWrite) = (control, time, control.CheckpointInterval, time.GetTimestamp());
        _calls = calls;
        _run = new Lazy<byte[]>(fingerprint);
        foreach (var part in control.Resume ?? [])
            _saved[part.Part] = part;
    }

    /// <summary>For a single solver call without checkpoints.</summary>
    public static FitJournal ForOneCall(Action<FitProgress>? progress) => new(new FitControl { Progress = progress }, TimeProvider.System, calls: 1, () => []);

    /// <summary>Whether the run was cut short.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Canceled when the run is to stop.</summary>
    public CancellationToken Stop => _control.Stop;

    /// <summary>Whether a solver should end soon. Unlike <see cref="ShouldStop"/>, this does not mark the run as cut short.</summary>
    public bool IsStopRequested => _control.Stop.IsCancellationRequested;

    /// <summary>Identifies the rows of the next calls by numbers that other data would not have.</summary>
    /// <param name="data">The numbers.</param>
    /// <param name="profiles">How many parameters may get a profile after all calls; each takes about as long as a call.</param>
    public void Begin(double[][] data, int profiles) => (_data, _profiles) = (new Lazy<byte[]>(() => Hash(_run.Value, data, [])), profiles);

    /// <summary>Returns the result of the next solver call: from the journal if it is there, else by solving.</summary>
    /// <param name="rows">Their passes are counted. The journal drops them after the call, so that the memory is free for the rows of other fits.</param>
    /// <param name="shared">Saves or loads what a call leaves to later calls besides its result; null for nothing.</param>
    /// <param name="solve">May call <see cref="Resume"/>, and <see cref="Report"/> for each iteration.</param>
    public SolverResult Call(DesignRows rows, Action<StateArchive>? shared, Func<SolverResult> solve)
    {
        (_rows, _shared) = (rows, shared);
        SolverResult? end = null;
        if (TakeSaved() is { } part)
        {
            var archive = Load(part);
            if (part.IsFinal)
            {
                rows.Passes = _passes!.Value;
                end = SolverResult.SaveOrLoad(archive, null);
            }
            else
            {
                _loaded = archive;
            }
        }
        if (end is null)
        {
            end = solve();
            if (!IsStopped && _control.Checkpoint is not null)
                _unwritten.Add(NewPart(isFinal: true, archive => SolverResult.SaveOrLoad(archive, end)));
        }
        (_rows, _shared, _state, _loaded, _passes) = (null, null, null, null, null);
        _call++;
        if (_unwritten.Count > 0 && IsDue)
            Write(current: null);
        return end;
    }

    /// <summary>Computes the profiles of the parameters, after all calls, as a part of their own.</summary>
    /// <param name="rows">The rows of the fit.</param>
    /// <param name="state">Saves or loads the finished profiles.</param>
    /// <param name="follow">
    /// Computes the other profiles and calls <see cref="Report"/> for each number of finished parameters. Returns whether all are finished.
    /// </param>
    public void Profile(DesignRows rows, Action<StateArchive> state, Func<bool> follow)
    {
        (_rows, _shared, _state, _phase) = (rows, null, state, FitPhase.Intervals);
        var saved = TakeSaved();
        if (saved is not null)
            state(Load(saved));
        if (saved is not { IsFinal: true } && follow() && _control.Checkpoint is not null)
            _unwritten.Add(NewPart(isFinal: true, state));
        (_rows, _state, _passes) = (null, null, null);
        if (_unwritten.Count > 0 && IsDue)
            Write(current: null);
    }

    /// <summary>Loads the saved state of the current call, if there is one. Returns whether there was.</summary>
    /// <param name="state">Saves or loads the solver's state at the start of an iteration: everything that doesn't follow from its arguments.</param>
    public bool Resume(Action<StateArchive> state)
    {
        _state = state;
        if (_loaded is null)
            return false;
        state(_loaded);
        _loaded = null;
        return true;
    }

    /// <summary>Reports an iteration, and writes a checkpoint if one is due. Returns whether the solver must stop here.</summary>
    public bool Report(int iteration, int maxIterations, double value, double gradientNorm)
    {
        if (_passes is { } passes)
        {
            // This iteration was reported before the interruption. The passes that the solver took to get back here do not count again.
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
                Write(current: _state);
        }
        return ShouldStop();
    }

    /// <summary>Whether to stop before the next solver call. Calls already in the journal are still replayed.</summary>
    public bool ShouldStopBeforeNextCall() => !_saved.ContainsKey(_call) && ShouldStop();

    /// <summary>Whether to stop now. If so, the run counts as cut short from here on.</summary>
    public bool ShouldStop() => IsStopped |= IsStopRequested;

    /// <summary>The warning for a run that was cut short.</summary>
    public ConvergenceWarning StoppedWarning() => ConvergenceWarning.Stopped(_call, _calls);

    /// <summary>Whether a checkpoint is due.</summary>
    private bool IsDue => _time.GetElapsedTime(_lastWrite) >= _interval;

    private void Write(Action<StateArchive>? current)
    {
        var start = _time.GetTimestamp();
        if (current is not null)
            _unwritten.Add(NewPart(isFinal: false, current));
        _control.Checkpoint!([.. _unwritten.Select(part => part())]);
        _unwritten.Clear();
        _lastWrite = _time.GetTimestamp();
        if (_control.CheckpointInterval > TimeSpan.Zero)
            _interval = TimeSpan.FromTicks(Math.Max(_control.CheckpointInterval.Ticks, LeastDistance * _time.GetElapsedTime(start, _lastWrite).Ticks));
    }

    /// <summary>The saved part of the current call. Null if there is none or if it is not from this run; then later parts are discarded too.</summary>
    private FitCheckpoint? TakeSaved()
    {
        const int HashSize = SHA256.HashSizeInBytes;
        if (_saved.GetValueOrDefault(_call) is { State: { Length: > HashSize } state } part
            && Seal(_data, part.Part, part.IsFinal, state.AsSpan(..^HashSize)).AsSpan().SequenceEqual(state.AsSpan(^HashSize..)))
        {
            return part;
        }
        _saved.Clear();
        return null;
    }

    /// <summary>Opens a saved part for loading, up to the state of the call itself.</summary>
    private StateArchive Load(FitCheckpoint part)
    {
        var archive = new StateArchive(part.State.AsMemory(..^SHA256.HashSizeInBytes));
        SaveOrLoadCounters(archive);
        if (!part.IsFinal)
            _saved.Clear();
        return archive;
    }

    /// <summary>The part of the current call. Its state is saved now; its hash is computed when the checkpoint is written.</summary>
    private Func<FitCheckpoint> NewPart(bool isFinal, Action<StateArchive> state)
    {
        var archive = new StateArchive();
        SaveOrLoadCounters(archive);
        state(archive);
        var (part, data) = (_call, _data);
        return () => new FitCheckpoint(part, isFinal, [.. archive.Written, .. Seal(data, part, isFinal, archive.Written)]);
    }

    /// <summary>Saves or loads what every part begins with.</summary>
    private void SaveOrLoadCounters(StateArchive archive)
    {
        _steps = archive.Integer(_steps);
        var passes = archive.Number(_rows!.Passes);
        _passes = archive.IsLoading ? passes : null;
        _shared?.Invoke(archive);
    }

    /// <summary>The hash at the end of a part.</summary>
    private static byte[] Seal(Lazy<byte[]> data, int part, bool isFinal, ReadOnlySpan<byte> state) =>
        SHA256.HashData([.. data.Value, .. BitConverter.GetBytes(part), isFinal ? (byte)1 : (byte)0, .. state]);

    /// <summary>SHA-256 of bytes and of arrays with their lengths; the length of a null array is -1.</summary>
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
            // In chunks, because the bytes of an array may be too many for one span.
            for (var first = 0; first < values?.Length; first += HashedAtOnce)
                hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan(first, Math.Min(HashedAtOnce, values.Length - first))));
        }
    }
}
