using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Datasets.Import;

/// <summary>What a worker process is asked: one of these.</summary>
internal sealed record WorkerRequest(ImportTask? Import = null, PredictTask? Predict = null)
{
    /// <summary>The file that is read.</summary>
    [JsonIgnore]
    public FileToRead File => Import?.File ?? Predict!.File;

    /// <summary>Removes what a worker that died has written: DuckDB writes only where nothing is.</summary>
    public void RemoveWritten()
    {
        System.IO.File.Delete(Import?.ParquetPath ?? Predict!.AnswerPath);
        if ((Import?.SpillDirectory ?? Predict!.SpillDirectory) is var spilled && Directory.Exists(spilled))
            Directory.Delete(spilled, recursive: true);
    }
}

/// <summary>What it answers: one of these.</summary>
/// <param name="Invalid">What is wrong with the file.</param>
/// <param name="TooLarge">Which limit it is past.</param>
/// <param name="MissingColumns">What the file lacks that the model needs.</param>
/// <param name="Trouble">Why it can't be read now by nobody's mistake.</param>
/// <param name="Failed">Why the worker failed by a fault that is not the file's; for the log.</param>
internal sealed record WorkerReply(
    ImportedDataset? Imported = null, PredictedFile? Predicted = null, InvalidFile? Invalid = null, string? TooLarge = null, IReadOnlyList<string>? MissingColumns = null,
    WorkerTrouble? Trouble = null, string? Failed = null);

internal sealed record InvalidFile(IReadOnlyList<DatasetError> Errors, long ErrorCount);

/// <param name="Advice">What to do about it.</param>
/// <param name="Reason">What happened.</param>
internal sealed record WorkerTrouble(string Advice, string Reason);

/// <summary>A message is a line of JSON; before an answer there may be lines without, each for some progress of the work.</summary>
internal static class WorkerMessages
{
    public const string Progress = "";

    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, Options);

    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;
}
