namespace SigmoidApi.Workers;

/// <summary>How a worker ended without an answer.</summary>
internal enum WorkerEnd
{
    /// <summary>It crashed by itself.</summary>
    Crashed,

    /// <summary>A signal from outside killed it: the system was short of memory, or a person or program sent the signal.</summary>
    Killed,

    /// <summary>It ran without progress, and the service killed it.</summary>
    Stalled,

    /// <summary>It was suspended or waited for a disk, and the service killed it.</summary>
    HeldUp,
}
