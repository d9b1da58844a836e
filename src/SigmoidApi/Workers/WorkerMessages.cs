using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SigmoidApi.Http.Json;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Workers;

/// <summary>A request to a worker process.</summary>
/// <param name="Verb">The name of a <see cref="WorkerVerb"/>.</param>
/// <param name="Task">The verb's task.</param>
internal sealed record WorkerRequest(string Verb, JsonElement Task);

/// <summary>The reply of a worker process. Exactly one member is set.</summary>
/// <param name="Answer">The verb's answer.</param>
/// <param name="Invalid">The errors of the file.</param>
/// <param name="TooLarge">The limit that the file exceeds.</param>
/// <param name="MissingColumns">Columns that a model needs and the file lacks.</param>
/// <param name="Trouble">The reason why the file can't be read now, if the file is not at fault.</param>
/// <param name="Failed">A failure of the worker itself, for the log.</param>
internal sealed record WorkerReply(
    JsonElement? Answer = null,
    InvalidFile? Invalid = null,
    string? TooLarge = null,
    IReadOnlyList<string>? MissingColumns = null,
    WorkerTrouble? Trouble = null,
    string? Failed = null);

/// <summary>The errors of a file, of which there may be more than are listed.</summary>
internal sealed record InvalidFile(IReadOnlyList<DatasetError> Errors, long ErrorCount);

/// <summary>A temporary failure; see <see cref="WorkerTroubleException"/>.</summary>
/// <param name="Advice">What the operator can do.</param>
/// <param name="Reason">What happened.</param>
internal sealed record WorkerTrouble(string Advice, string Reason);

/// <summary>Reads and writes messages. A message is a line of JSON. Empty lines before an answer report progress.</summary>
internal static class WorkerMessages
{
    public const string Progress = "";

    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(DefaultsLeftOut.Apply),
    };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, Options);

    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;

    public static JsonElement Element<T>(T part) => JsonSerializer.SerializeToElement(part, Options);

    public static T Read<T>(JsonElement part) => part.Deserialize<T>(Options)!;
}
