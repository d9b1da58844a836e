namespace SigmoidApi.Storage;

/// <summary>A file can't be read now by nobody's mistake, as with a full disk or a process that was killed.</summary>
/// <param name="advice">What to do about it; see <see cref="TransientStorageErrors"/>.</param>
/// <param name="reason">What happened.</param>
internal sealed class WorkerTroubleException(string advice, string reason) : Exception(reason)
{
    public string Advice => advice;
}
