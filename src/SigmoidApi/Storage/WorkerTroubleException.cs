namespace SigmoidApi.Storage;

/// <summary>A file can't be read at present, which is not the caller's fault: the disk is full, or a process was killed.</summary>
/// <param name="advice">What the operator can do; see <see cref="TransientStorageErrors"/>.</param>
/// <param name="reason">What happened.</param>
internal sealed class WorkerTroubleException(string advice, string reason) : Exception(reason)
{
    public string Advice => advice;
}
