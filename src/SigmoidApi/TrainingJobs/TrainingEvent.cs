using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary>What is sent while nothing else is, so that the connection stays open.</summary>
/// <param name="Status">Where the job is.</param>
public sealed record TrainingHeartbeat(TrainingJobStatus Status);

/// <summary>Describes an event of <c>GET /training-jobs/{id}/events</c>: its fields, and by its name what its data hold.</summary>
internal readonly struct TrainingEvent
{
    public const string Progress = "progress";
    public const string Heartbeat = "heartbeat";

    /// <summary>The id of the last event: who comes back with it has seen all.</summary>
    public const string EndId = "end";

    // Those that a job can end with.
    private static readonly string[] Ends = ["succeeded", "failed", "canceled"];

    public static OpenApiSchema Describe(Func<Type, IOpenApiSchema> of) => new()
    {
        Type = JsonSchemaType.Object,
        Description = "An event of a training job, in the fields of server-sent events. `data` is JSON, of the schema that goes with `event`.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "event", "data" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["event"] = Field(Schemas.OneOfTexts([Progress, Heartbeat, .. Ends]), "What has happened."),
            ["id"] = Field(Schemas.Text(), "The job's step, or `end`; to be sent as `Last-Event-ID`. Left out of a heartbeat."),
            ["retry"] = Field(
                Schemas.Integer(minimum: 0),
                "After how many milliseconds to come back when the connection breaks. Left out where it is as before."),
            ["data"] = Field(
                new OpenApiSchema { Type = JsonSchemaType.String, ContentMediaType = "application/json" },
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

    /// <summary>The events of some names.</summary>
    /// <param name="name">Their names.</param>
    /// <param name="id">Of their ids; null where they have none.</param>
    /// <param name="data">Of the JSON in <c>data</c>.</param>
    private static OpenApiSchema Form(OpenApiSchema name, OpenApiSchema? id, IOpenApiSchema data)
    {
        var form = new OpenApiSchema
        {
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["event"] = name,
                ["data"] = new OpenApiSchema { ContentMediaType = "application/json", ContentSchema = data },
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
