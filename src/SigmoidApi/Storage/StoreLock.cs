namespace SigmoidApi.Storage;

/// <summary>What the processes on one store do one after another.</summary>
internal enum StoreLock
{
    Migration,
    TrainingQueue,
}
