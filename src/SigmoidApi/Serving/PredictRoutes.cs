using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Serving;

/// <summary><c>POST /models/{name}/predict</c> and <c>POST /models/{name}/versions/{version}/predict</c>, each for JSON and for whole files.</summary>
internal static class PredictRoutes
{
    private const string Latest = "/{name}/predict";
    private const string Version = "/{name}/versions/{version:int}/predict";

    // application/json is the other form's.
    private static readonly string[] FileTypes =
        [.. DatasetFormats.MediaTypes.Keys.Where(type => type != DatasetFormat.Json.MediaType()), .. DatasetFormats.AnyTypes, DatasetContent.FormType];

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapPost(Latest, (string name, JsonBody<PredictWithModelRequest> body, ModelCache cache, CancellationToken cancellationToken) => Predict(name, null, body, cache, cancellationToken))
            .WithName("PredictWithModel").WithSummary("Predict with the latest version of a model"));
        Describe(models.MapPost(Version, (string name, int version, JsonBody<PredictWithModelRequest> body, ModelCache cache, CancellationToken cancellationToken) => Predict(name, version, body, cache, cancellationToken))
            .WithModelVersion().WithName("PredictWithModelVersion").WithSummary("Predict with a version of a model"));
        // Described together with the JSON form, of which OpenAPI can say only one for each path, and after it in order: a body without Content-Type is the JSON form's to refuse.
        models.MapPost(Latest, (string name, [AsParameters] DatasetUploadQuery query, string? threshold, HttpContext context, PredictFile files) => files.PredictAsync(name, null, query, threshold, context))
            .WithMetadata(new Microsoft.AspNetCore.Http.Metadata.AcceptsMetadata(FileTypes)).WithOrder(1).ExcludeFromDescription();
        models.MapPost(Version, (string name, int version, [AsParameters] DatasetUploadQuery query, string? threshold, HttpContext context, PredictFile files) => files.PredictAsync(name, version, query, threshold, context))
            .WithMetadata(new Microsoft.AspNetCore.Http.Metadata.AcceptsMetadata(FileTypes)).WithOrder(1).ExcludeFromDescription();
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription(
                "Takes `rows` (records as they were uploaded: null is a missing value, a text in a column of numbers, booleans or dates is read as a cell of a file is, an array or object is a category by its text), `columns`, or `features` (rows of numbers in the order of the model's coefficients). "
                + "Or a whole file, as an upload takes it: CSV, Parquet, JSON lines, LIBSVM, also compressed, as the body or as the part `file` of a form, whose other parts may stand in for the query; a JSON array of records as `text/json`. "
                + "An index that a LIBSVM file never names is 0. A file comes back in its own format with the columns `probability` and `label` added. Columns and levels that the model does not know are named in `unknownColumns` and `unknownLevels`, "
                + "and of a file in the headers `Unknown-Columns` (`\"age\", %\"gr%c3%b6%c3%9fe\"`) and `Unknown-Levels` (`\"kind\";count=2`), lists of RFC 9651: the first of them, and in `Unknown-Columns-Count` and "
                + "`Unknown-Levels-Count` how many there are.")
            .WithExample("Records", """{ "rows": [{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 }, { "word_freq_free": 0, "char_freq_!": 0, "capital_run_length": 3 }] }""")
            .WithExample("Columns", """{ "columns": { "word_freq_free": [0.9, 0], "char_freq_!": [0.4, 0], "capital_run_length": [60, 3] } }""")
            .WithExample("Features", """{ "features": [[0.9, 0.4, 60], [0, 0, 3]], "threshold": 0.5 }""")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Records", ModelExamples.Predictions)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "A file", "word_freq_free,char_freq_!,capital_run_length,probability,label\n0.9,0.4,60,0.895135088683886,1\n0,0,3,0.13222460404359582,0\n", "text/csv")
            .WithFileBodies().WithFileParameters()
            .WithQueryParameter("threshold", "Of a file: the probability from which the label is the positive class; 0.5 by default.", Schemas.Number(minimum: 0, maximum: 1))
            .WithAnswer(StatusCodes.Status200OK, "The predictions: of a body of JSON as an object, of a file as the file with the columns `probability` and `label`. A JSON array of records comes back as one.",
                "text/csv", "application/vnd.apache.parquet", "application/x-ndjson")
            .WithItemsOfAnswer(StatusCodes.Status200OK, "application/x-ndjson", typeof(PredictedRow))
            .WithExample("A file", "word_freq_free,char_freq_!,capital_run_length\n0.9,0.4,60\n0,0,3\n", "text/csv")
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Columns",
                "Of a file: the first columns that the model does not know, a list of RFC 9651; left out where there are none.")
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Columns-Count",
                "How many there are; left out where there are none.", Schemas.Integer(minimum: 1))
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Levels",
                "Of a file: the first columns with values that no training row had, a list of RFC 9651 with how many values as `count`; left out where there are none.")
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Levels-Count",
                "How many such columns there are; left out where there are none.", Schemas.Integer(minimum: 1))
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithModelName().WithExampleOf("name", "\"mails\"")
            .WithExampleOf("version", "1");

    private static async Task<Results<Ok<PredictWithModelResponse>, ProblemHttpResult>> Predict(
        string name, int? version, JsonBody<PredictWithModelRequest> body, ModelCache cache, CancellationToken cancellationToken) =>
        await cache.FindAsync(name, version, cancellationToken) is { } served
            ? PredictWithModel.Predict(body.Value, served)
            : await cache.MissingAsync(name, version, cancellationToken);
}
