using System.Text.Json.Serialization;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Serving;

/// <summary>The message to the worker: a received file, the model that predicts it, and the path of the answer.</summary>
internal sealed record PredictTask(
    TableFile File,
    string AnswerPath,
    DatasetFormat AnswerFormat,
    string SpillDirectory,
    int MemoryMegabytes,
    int Threads,
    long MaxWrittenBytes,
    string ModelName,
    int ModelVersion,
    string? Target,
    TrainedModel Model,
    double Threshold,
    bool Explain = false,
    bool Raw = false) : IFileTask
{
    [JsonIgnore]
    public string WrittenPath => AnswerPath;
}

/// <summary>The worker's reply: the columns that the model does not know, and how many unknown levels each category has.</summary>
internal sealed record PredictedFile(IReadOnlyList<string> UnknownColumns, IReadOnlyDictionary<string, long> UnknownLevels);
