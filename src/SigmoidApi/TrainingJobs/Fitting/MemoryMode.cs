namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How a fit uses memory.</summary>
public enum MemoryMode
{
    /// <summary>It waits until other fits end.</summary>
    Waiting,

    /// <summary>It holds its matrix in memory.</summary>
    InMemory,

    /// <summary>It reads its rows from disk in each pass.</summary>
    Streamed,
}
