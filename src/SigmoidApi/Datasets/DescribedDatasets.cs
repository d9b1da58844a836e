using Microsoft.OpenApi;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Datasets;

/// <summary>What the OpenAPI document says of files of rows, and of the data sets that are made of them.</summary>
internal static class DescribedDatasets
{
    /// <summary>
    /// The media types of the body. CSV comes first, as text: Swagger UI shows the first, whose example can be sent as it is. JSON, of which a route may have
    /// another form, is <c>text/json</c> here: generators of clients would take <c>application/json</c> alone.
    /// </summary>
    public static RouteHandlerBuilder WithFileBodies(this RouteHandlerBuilder route)
    {
        route.WithTextBody("text/csv").WithBinaryBody(DatasetContent.FormType, part: UploadForm.FilePart);
        foreach (var type in (string[])["application/vnd.apache.parquet", "application/x-ndjson", "text/json", "text/x-libsvm", "application/octet-stream"])
            route.WithBinaryBody(type);
        return route;
    }

    /// <summary>The query, of which each part stands in for what the file does not show, and the headers of the body.</summary>
    public static RouteHandlerBuilder WithFileParameters(this RouteHandlerBuilder route) => route
        .WithQueryParameter(
            "format", "What the file is, where neither the Content-Type nor its name nor its first bytes say so.",
            Schemas.OneOfTexts("csv", "tsv", "parquet", "json", "ndjson", "libsvm"))
        .WithQueryParameter(
            "delimiter",
            "Of separated values: one ASCII character, no letter, digit, line end, `.`, `+` or `-`; or `tab`. By default what the file shows.",
            OneCharacter())
        .WithQueryParameter(
            "quote", "Of separated values: the character around values that hold a delimiter, empty for none. By default what the file shows.", Text(0))
        .WithQueryParameter("decimal", "The decimal sign, `.` or `,`. By default what the file shows.", Schemas.Text(pattern: "^[.,]$"))
        .WithQueryParameter(
            "header", "Of separated values: whether the first line has the names of the columns. By default what the file shows.", Schemas.Boolean())
        .WithQueryParameter(
            "nullValue", "A text that stands for a missing value, besides those that are known; may be given several times.", Schemas.ArrayOf(Schemas.Text()))
        .WithQueryParameter(
            "types",
            "The types of columns, as `zip:category`: number, boolean, category, datetime or text; separated by commas, or given several times.",
            Schemas.ArrayOf(Types()))
        .WithQueryParameter("dates", "The order of day, month and year in dates that do not show it, as `01/02/2024`.", Schemas.OneOfTexts("dmy", "mdy", "ymd"))
        .WithRequestHeader("Content-Encoding", "How the body is compressed; found out where it is not said.", Schemas.OneOfTexts("gzip", "zstd"))
        .WithRequestHeader("Content-Digest", "A digest of the body as it is sent (RFC 9530): a body that is not the same is refused.", Schemas.Text());

    /// <summary>The path's <c>id</c> of a data set.</summary>
    public static RouteHandlerBuilder WithDatasetId(this RouteHandlerBuilder route) =>
        route.WithPathParameter("id", "The id of a data set; or a name, for the newest data set of that name; or `name@version`.", Schemas.Text());

    private static OpenApiSchema OneCharacter() => Text(1);

    private static OpenApiSchema Text(int minimum) => new() { Type = JsonSchemaType.String, MinLength = minimum, MaxLength = 3 };

    private static OpenApiSchema Types() => Schemas.Text(pattern: "^.+:(number|boolean|category|datetime|text)(,.+:(number|boolean|category|datetime|text))*$");
}
