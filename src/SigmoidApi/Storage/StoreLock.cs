namespace SigmoidApi.Storage;

/// <summary>Locks for work that only one process on a store may do at a time.</summary>
internal enum StoreLock
{
    Migration,
    TrainingQueue,
}
