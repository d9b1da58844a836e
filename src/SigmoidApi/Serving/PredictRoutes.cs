using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Serving;

/// <summary><c>POST /models/{name}/predict</c> and <c>POST /models/{name}/versions/{version}/predict</c>, each with a JSON body or a whole file.</summary>
internal static class PredictRoutes
{
    private const string Latest = "/{name}/predict";
    private const string Version = "/{name}/versions/{version:int}/predict";

    // application/json is left out: it is the type of the JSON body.
    private static readonly string[] FileTypes =
        [.. DatasetFormats.ByMediaType.Keys.Where(type => type != DatasetFormat.Json.MediaType()), .. DatasetFormats.AnyTypes, MediaTypes.Form];

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapPost(
                Latest,
                (string name, JsonBody<PredictWithModelRequest> body, ModelCache cache, IOptions<LimitOptions> limits, CancellationToken cancellationToken) =>
                    Predict(name, null, body, cache, limits, cancellationToken))
            .WithName("PredictWithModel").WithSummary("Predict with the latest version of a model"));
        Describe(models.MapPost(
                Version,
                (string name, int version, JsonBody<PredictWithModelRequest> body, ModelCache cache, IOptions<LimitOptions> limits,
                    CancellationToken cancellationToken) => Predict(name, version, body, cache, limits, cancellationToken))
            .WithModelVersion().WithName("PredictWithModelVersion").WithSummary("Predict with a version of a model"));
        MapFile(models.MapPost(
            Latest,
            (string name, [AsParameters] DatasetUploadQuery query, [AsParameters] FileOptionsQuery options, HttpContext context, PredictFile files) =>
                files.PredictAsync(name, null, query, options, context)));
        MapFile(models.MapPost(
            Version,
            (string name, int version, [AsParameters] DatasetUploadQuery query, [AsParameters] FileOptionsQuery options, HttpContext context,
                PredictFile files) => files.PredictAsync(name, version, query, options, context)));
    }

    // OpenAPI can describe one operation per path, so the JSON endpoint describes both. The order is after the JSON endpoint: a body without a Content-Type
    // matches both, and the JSON endpoint should refuse it.
    private static void MapFile(RouteHandlerBuilder route) =>
        route.WithMetadata(new AcceptsMetadata(FileTypes)).WithOrder(1).ExcludeFromDescription();

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription(
                "Takes `rows` (records as they were uploaded: null is a missing value, a text in a column of numbers, booleans or dates is read like a cell "
                + "of a file, an array or object is a category by its text), `columns`, or `features` (rows of numbers in the order of the model's "
                + "coefficients). "
                + "Also takes a whole file, like an upload: CSV, Parquet, JSON lines or LIBSVM, also compressed, as the body or as the part `file` of a form, "
                + "whose other parts may replace parameters of the query; a JSON array of records is sent as `text/json`. "
                + "An index that a LIBSVM file never names is 0. A file is returned in its own format with the columns `probability` and `label` added. "
                + "With `explain`, `explanations` says what each column adds to the log-odds, against the mean of the training rows: baseline and "
                + "contributions add up to the log-odds. "
                + "`unknownColumns` and `unknownLevels` name the columns and levels that the model does not know. "
                + "For a file, the headers `Unknown-Columns` (`\"age\", %\"gr%c3%b6%c3%9fe\"`) and `Unknown-Levels` (`\"kind\";count=2`), which are lists of "
                + "RFC 9651, name the first of them, and `Unknown-Columns-Count` and `Unknown-Levels-Count` say how many there are.")
            .WithExample(
                "Records",
                """{ "rows": [{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 }, """
                + """{ "word_freq_free": 0, "char_freq_!": 0, "capital_run_length": 3 }] }""")
            .WithExample("Columns", """{ "columns": { "word_freq_free": [0.9, 0], "char_freq_!": [0.4, 0], "capital_run_length": [60, 3] } }""")
            .WithExample("Features", """{ "features": [[0.9, 0.4, 60], [0, 0, 3]], "threshold": 0.5 }""")
            .WithExample(
                "With explanations",
                """{ "rows": [{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 }], "explain": { "top": 2 } }""")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Records", ModelExamples.Predictions)
            .WithExampleOfAnswer(
                StatusCodes.Status200OK,
                "A file",
                "word_freq_free,char_freq_!,capital_run_length,probability,label\n0.9,0.4,60,0.895135088683886,1\n0,0,3,0.13222460404359582,0\n",
                DatasetFormat.Csv.MediaType())
            .WithFileBodies().WithFileParameters()
            .WithQueryParameter(
                "threshold",
                "For a file: the lowest probability that gets the label of the positive class; by default the version's own threshold.",
                Schemas.Number(minimum: 0, maximum: 1))
            .WithQueryParameter(
                "explain",
                "For a file: `true` adds the columns `baseline` and, for each column of the model, `contribution_<column>`.",
                Schemas.OneOfTexts("true", "false"))
            .WithQueryParameter(
                "raw",
                "For a file: `true` adds `raw_probability`, the probability of the fit itself, without a calibration; with more than two classes "
                + "`raw_probability_<class>` for each.",
                Schemas.OneOfTexts("true", "false"))
            .WithAnswer(
                StatusCodes.Status200OK,
                "The predictions: an object for a JSON body; for a file, the file with the columns `probability` and `label`; with more than two "
                + "classes it has a column `probability_<class>` for each. "
                + "A JSON array of records is returned as a JSON array.",
                DatasetFormat.Csv.MediaType(), DatasetFormat.Parquet.MediaType(), DatasetFormat.NdJson.MediaType())
            .WithItemsOfAnswer(StatusCodes.Status200OK, DatasetFormat.NdJson.MediaType(), typeof(PredictedRow))
            .WithExample("A file", "word_freq_free,char_freq_!,capital_run_length\n0.9,0.4,60\n0,0,3\n", DatasetFormat.Csv.MediaType())
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Columns",
                "For a file: the first columns that the model does not know, as a list of RFC 9651; left out if there are none.")
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Columns-Count",
                "The number of columns that the model does not know; left out if there are none.", Schemas.Integer(minimum: 1))
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Levels",
                "For a file: the first columns with values that no training row had, as a list of RFC 9651 with the number of values as `count`; "
                + "left out if there are none.")
            .WithOptionalAnswerHeader(StatusCodes.Status200OK, "Unknown-Levels-Count",
                "The number of columns with such values; left out if there are none.", Schemas.Integer(minimum: 1))
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithModelName().WithExampleOf("name", "\"mails\"")
            .WithExampleOf("version", "1");

    private static async Task<Results<Ok<PredictWithModelResponse>, ProblemHttpResult>> Predict(
        string name, int? version, JsonBody<PredictWithModelRequest> body, ModelCache cache, IOptions<LimitOptions> limits,
        CancellationToken cancellationToken) =>
        await cache.FindAsync(name, version, cancellationToken) is { } served
            ? PredictWithModel.Predict(body.Value, served, limits.Value.MaxValues)
            : await cache.MissingAsync(name, version, cancellationToken);
}
