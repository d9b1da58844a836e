namespace SigmoidApi.Storage;

/// <summary>A data set has a row, but its file can't be opened.</summary>
public sealed class DatasetFileException(string message, Exception inner) : IOException(message, inner);
