using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>How the OpenAPI document describes uploaded files and the ids of data sets.</summary>
internal static class DatasetDescriptions
{
    /// <summary>
    /// The media types of the body. CSV comes first because Swagger UI shows the first one, and its example can be sent unchanged. JSON is
    /// <c>text/json</c> here: a route may take <c>application/json</c> in another form, and client generators would use that type only.
    /// </summary>
    public static RouteHandlerBuilder WithFileBodies(this RouteHandlerBuilder route)
    {
        route.WithTextBody(DatasetFormat.Csv.MediaType()).WithBinaryBody(MediaTypes.Form, part: UploadForm.FilePart);
        string[] types =
        [
            DatasetFormat.Parquet.MediaType(), DatasetFormat.NdJson.MediaType(), "text/json", DatasetFormat.Libsvm.MediaType(), MediaTypes.Bytes,
        ];
        foreach (var type in types)
            route.WithBinaryBody(type);
        return route;
    }

    /// <summary>The query parameters, which replace what is otherwise detected in the file, and the headers of the body.</summary>
    public static RouteHandlerBuilder WithFileParameters(this RouteHandlerBuilder route) => route
        .WithQueryParameter(
            "format", "The format of the file. By default it is taken from the Content-Type, the file's name or its first bytes.",
            Schemas.OneOfTexts("csv", "tsv", "parquet", "json", "ndjson", "libsvm"))
        .WithQueryParameter(
            "delimiter",
            "For CSV: one ASCII character other than a letter, a digit, a line end, `.`, `+` or `-`; or `tab`. Detected by default.",
            OneCharacter())
        .WithQueryParameter(
            "quote", "For CSV: the character around values that contain a delimiter; empty for none. Detected by default.", Text(0))
        .WithQueryParameter("decimal", "The decimal sign, `.` or `,`. Detected by default.", Schemas.Text(pattern: "^[.,]$"))
        .WithQueryParameter(
            "header", "For CSV: whether the first line has the names of the columns. Detected by default.", Schemas.Boolean())
        .WithQueryParameter(
            "nullValue",
            "A text that stands for a missing value, instead of the usual ones; an empty cell is always missing. May be given several times.",
            Schemas.ArrayOf(Schemas.Text()))
        .WithQueryParameter(
            "types",
            "The types of columns, such as `zip:category`: number, boolean, category, datetime or text; separated by commas, or given several times.",
            Schemas.ArrayOf(Types()))
        .WithQueryParameter(
            "dates", "The order of day, month and year in dates that do not show it, such as `01/02/2024`.", Schemas.OneOfTexts("dmy", "mdy", "ymd"))
        .WithRequestHeader("Content-Encoding", "How the body is compressed. Detected by default.", Schemas.OneOfTexts("gzip", "zstd"))
        .WithRequestHeader("Content-Digest", "A digest of the body as it is sent (RFC 9530). A body that does not match is refused.", Schemas.Text());

    /// <summary>The parameter <c>id</c> of the path.</summary>
    public static RouteHandlerBuilder WithDatasetId(this RouteHandlerBuilder route) =>
        route.WithPathParameter("id", "The id of a data set; or a name, for the newest data set of that name; or `name@version`.", Schemas.Text());

    private static OpenApiSchema OneCharacter() => Text(1);

    private static OpenApiSchema Text(int minimum) => new() { Type = JsonSchemaType.String, MinLength = minimum, MaxLength = 3 };

    private static OpenApiSchema Types() => Schemas.Text(pattern: "^.+:(number|boolean|category|datetime|text)(,.+:(number|boolean|category|datetime|text))*$");
}
