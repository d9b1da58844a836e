namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The members of a running job's row by which any process judges its run.</summary>
internal sealed record RunSeen(Guid Id, long Epoch, long Beat, int Crashes, JobMemory? Memory, bool CancelRequested, bool StopRequested);
