using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Tables;

namespace SigmoidApi.Workers;

/// <summary>What a worker process is asked.</summary>
/// <param name="Verb">The name of a <see cref="WorkerVerb"/>.</param>
/// <param name="Task">Its task.</param>
internal sealed record WorkerRequest(string Verb, JsonElement Task);

/// <summary>What it answers: one of these.</summary>
/// <param name="Answer">That of the verb.</param>
/// <param name="Invalid">What is wrong with the file.</param>
/// <param name="TooLarge">Which limit it is past.</param>
/// <param name="MissingColumns">What the file lacks that a model needs.</param>
/// <param name="Trouble">Why it can't be read now by nobody's mistake.</param>
/// <param name="Failed">Why the worker failed by a fault that is not the file's; for the log.</param>
internal sealed record WorkerReply(
    JsonElement? Answer = null, InvalidFile? Invalid = null, string? TooLarge = null, IReadOnlyList<string>? MissingColumns = null, WorkerTrouble? Trouble = null,
    string? Failed = null);

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

    public static JsonElement Element<T>(T part) => JsonSerializer.SerializeToElement(part, Options);

    public static T Read<T>(JsonElement part) => part.Deserialize<T>(Options)!;
}
