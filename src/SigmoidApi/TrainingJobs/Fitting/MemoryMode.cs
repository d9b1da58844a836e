namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How a fit goes about its memory.</summary>
public enum MemoryMode
{
    /// <summary>For others to end.</summary>
    Waiting,

    /// <summary>It holds its matrix.</summary>
    InMemory,

    /// <summary>It reads its rows from disk in each pass.</summary>
    Streamed,
}
