using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>JSON: an array of records, or a record on each line. A record may lack what others have; null and lacking are both missing.</summary>
internal static partial class JsonSource
{
    private const int MaxRecordBytes = 16 * 1024 * 1024;

    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken)
    {
        var form = task.Format == DatasetFormat.Json ? "array" : "newline_delimited";
        if (task.Format == DatasetFormat.Json && LastByte(task.Path) != ']')
            throw new InvalidDatasetException(1, null, "expected a JSON array of records; this one never ends");
        try
        {
            // Inferred from every record, then read with what was found: a type that only a later record has is no error.
            var inferred = string.Create(CultureInfo.InvariantCulture,
                $"""
                read_json({DuckDbSession.Literal(task.Path)}, format = '{form}', records = true, sample_size = -1, maximum_object_size = {MaxRecordBytes},
                    convert_strings_to_integers = false, map_inference_threshold = -1, field_appearance_threshold = 0)
                """);
            var columns = session.Rows($"describe select * from {inferred}", cancellationToken).ConvertAll(row => (Name: (string)row[0]!, Type: (string)row[1]!));
            if (columns.Count == 0)
                throw new InvalidDatasetException(1, null, "expected at least one record with a name in it");
            CheckNames(session, task.Path, form, columns.ConvertAll(column => column.Name), cancellationToken);
            var types = string.Join(", ", columns.Select(column => $"{DuckDbSession.Literal(column.Name)}: {DuckDbSession.Literal(column.Type)}"));
            return TypedSource.Of(
                session,
                string.Create(CultureInfo.InvariantCulture,
                    $"read_json({DuckDbSession.Literal(task.Path)}, format = '{form}', records = true, maximum_object_size = {MaxRecordBytes}, columns = {"{"}{types}{"}"})"),
                task.Types,
                cancellationToken);
        }
        catch (DuckDBException exception)
        {
            throw Malformed(exception, task.Format);
        }
    }

    /// <summary>DuckDB calls a column otherwise where its name is empty or differs from another's only in case, and then finds no values of that name.</summary>
    private static void CheckNames(DuckDbSession session, string path, string form, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (!names.Any(name => GivenName().IsMatch(name)))
            return;
        var keys = session.Rows(string.Create(CultureInfo.InvariantCulture,
            $"select distinct unnest(json_keys(json)) from read_json_objects({DuckDbSession.Literal(path)}, format = '{form}', maximum_object_size = {MaxRecordBytes})"), cancellationToken)
            .ConvertAll(row => (string)row[0]!);
        ColumnNames.Check(keys);
        if (keys.Contains(""))
            throw new InvalidDatasetException(1, null, "expected names of at least one character; a record has an empty one");
    }

    /// <summary>The last byte that is no white space; 0 where there is none.</summary>
    private static int LastByte(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        for (var position = file.Length - 1; position >= 0; position--)
        {
            file.Position = position;
            if (file.ReadByte() is not (' ' or '\t' or '\r' or '\n') and var last)
                return last;
        }

        return 0;
    }

    /// <summary>What DuckDB says of a file that is no JSON, in the caller's words.</summary>
    public static InvalidDatasetException Malformed(Exception exception, DatasetFormat format)
    {
        var expected = format == DatasetFormat.Json ? "a JSON array of records" : "a JSON record on each line";
        var place = Place().Match(exception.Message);
        return place.Success && long.TryParse(place.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var record)
            // It counts from 2.
            ? new(Math.Max(1, record - 1), null, $"expected {expected}; this one is malformed")
            : new(1, null, $"expected {expected}; the file is malformed");
    }

    [GeneratedRegex(@"^C\d+$|_\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex GivenName();

    [GeneratedRegex(@"in (?:line|record/value) (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
