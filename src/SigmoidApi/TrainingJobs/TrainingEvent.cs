using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary>Sent while there are no other events, so that the connection stays open.</summary>
/// <param name="Status">The job's status.</param>
public sealed record TrainingHeartbeat(TrainingJobStatus Status);

/// <summary>Describes the events of <c>GET /training-jobs/{id}/events</c>: their fields, and the data of each kind of event.</summary>
internal readonly struct TrainingEvent
{
    public const string Progress = "progress";
    public const string Heartbeat = "heartbeat";

    /// <summary>The id of the last event. A client that sends it as <c>Last-Event-ID</c> has seen all events.</summary>
    public const string EndId = "end";

    // A job ends with one of these.
    private static readonly string[] Ends = ["succeeded", "failed", "canceled"];

    public static OpenApiSchema Describe(Func<Type, IOpenApiSchema> of) => new()
    {
        Type = JsonSchemaType.Object,
        Description = "An event of a training job, in the fields of server-sent events. `data` is JSON, of the schema that goes with `event`.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "event", "data" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["event"] = Field(Schemas.OneOfTexts([Progress, Heartbeat, .. Ends]), "What has happened."),
            ["id"] = Field(Schemas.Text(), "The job's step, or `end`, to send as `Last-Event-ID`. Left out of a heartbeat."),
            ["retry"] = Field(
                Schemas.Integer(minimum: 0),
                "The milliseconds after which to reconnect when the connection breaks. Left out if it has not changed."),
            ["data"] = Field(
                new OpenApiSchema { Type = JsonSchemaType.String, ContentMediaType = MediaTypes.Json },
                "JSON: a `TrainingProgress` or `LossPoint`, a `TrainingHeartbeat`, or a `TrainingJobResponse`."),
        },
        OneOf =
        [
            Form(
                Schemas.OneOfTexts(Progress), Schemas.Text(pattern: "^[0-9]+$"),
                new OpenApiSchema { AnyOf = [of(typeof(TrainingProgress)), of(typeof(LossPoint))] }),
            Form(Schemas.OneOfTexts(Heartbeat), id: null, of(typeof(TrainingHeartbeat))),
            Form(Schemas.OneOfTexts(Ends), Schemas.OneOfTexts(EndId), of(typeof(TrainingJobResponse))),
        ],
    };

    private static IOpenApiSchema Field(OpenApiSchema schema, string description) => Schemas.Annotated(schema, description, byDefault: null, readOnly: true);

    /// <summary>The schema of one kind of event.</summary>
    /// <param name="name">The schema of its name.</param>
    /// <param name="id">The schema of its id; null if it has none.</param>
    /// <param name="data">The schema of the JSON in <c>data</c>.</param>
    private static OpenApiSchema Form(OpenApiSchema name, OpenApiSchema? id, IOpenApiSchema data)
    {
        var form = new OpenApiSchema
        {
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["event"] = name,
                ["data"] = new OpenApiSchema { ContentMediaType = MediaTypes.Json, ContentSchema = data },
            },
        };
        if (id is not null)
        {
            form.Properties["id"] = id;
            form.Required = new HashSet<string>(StringComparer.Ordinal) { "id" };
        }

        return form;
    }
}
