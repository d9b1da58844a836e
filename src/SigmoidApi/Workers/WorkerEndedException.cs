namespace SigmoidApi.Workers;

/// <summary>A worker ended without an answer.</summary>
internal sealed class WorkerEndedException(WorkerEnd end, int? exitCode)
    : Exception(exitCode is null
        ? $"The process that read the file made no progress ({end})."
        : $"The process that read the file ended with exit code {exitCode} ({end}).")
{
    public WorkerEnd End => end;

    public int? ExitCode => exitCode;
}
