namespace SigmoidApi.Storage;

/// <summary>The storage directory can't be used. The message says what to do.</summary>
public sealed class StorageDirectoryException(string message, Exception inner) : Exception(message, inner);
