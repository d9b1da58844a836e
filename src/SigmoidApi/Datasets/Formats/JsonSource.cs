using System.Globalization;
using System.Text.RegularExpressions;
using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>JSON: an array of records, or a record on each line. A record may lack what others have; null and lacking are both missing.</summary>
internal static partial class JsonSource
{
    private const int MaxRecordBytes = 16 * 1024 * 1024;

    // All columns at once would take memory for a chunk of each.
    private const int ColumnsAtOnce = 250;

    // A value with its own text: DuckDB would make one type of nested values, and so of each a text that hangs on all others.
    private const string AsItIs = "JSON";

    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken)
    {
        var form = JsonForm.Of(task.Path, task.Format, cancellationToken);
        // Inferred from every record, then read with what was found: a type that only a later record has is no error.
        var inferred = Relation(task.Path, form, "sample_size = -1, convert_strings_to_integers = false, map_inference_threshold = -1, field_appearance_threshold = 0");
        var found = session.Rows($"describe select * from {inferred}", cancellationToken).ConvertAll(row => (Name: (string)row[0]!, Type: (string)row[1]!));
        if (found.Count == 0)
            throw new InvalidDatasetException(1, null, "expected at least one record with a name in it");
        CheckNames(session, task.Path, form, found.ConvertAll(column => column.Name), cancellationToken);
        var inexact = Inexact(session, task, form, found, cancellationToken);
        var columns = found.ConvertAll(column => column with { Type = inexact.Contains(column.Name) || TypedSource.IsNested(column.Type) || IsTextual(task, column.Name) ? AsItIs : column.Type });
        var source = TypedSource.Of(session, Relation(task.Path, form, Types(columns)), task.Types, cancellationToken);
        return source with { Columns = [.. source.Columns.Select(Finite)], Form = form };
    }

    private static string Relation(string path, DatasetFormat form, string options) => string.Create(CultureInfo.InvariantCulture,
        $"read_json({DuckDbSession.Literal(path)}, format = '{Name(form)}', records = true, hive_partitioning = false, maximum_object_size = {MaxRecordBytes}, {options})");

    private static string Types(IEnumerable<(string Name, string Type)> columns) =>
        $"columns = {"{"}{string.Join(", ", columns.Select(column => $"{DuckDbSession.Literal(column.Name)}: {DuckDbSession.Literal(column.Type)}"))}{"}"}";

    private static string Name(DatasetFormat form) => form == DatasetFormat.Json ? "array" : "newline_delimited";

    private static bool IsTextual(FileToRead task, string column) =>
        (task.Types.TryGetValue(column, out var wanted) ? wanted : task.OtherType) is ColumnType.Category or ColumnType.Text;

    /// <summary>Columns of whole numbers of which float64 can't hold one: keys, which would lose their last digits.</summary>
    private static HashSet<string> Inexact(DuckDbSession session, FileToRead task, DatasetFormat form, List<(string Name, string Type)> found, CancellationToken cancellationToken)
    {
        var numbers = found.FindAll(column => column.Type is "BIGINT" or "UBIGINT" or "HUGEINT" or "UHUGEINT" or "DOUBLE" && !task.Types.ContainsKey(column.Name) && task.OtherType is null);
        if (numbers.Count == 0 || !JsonForm.MayHaveLongIntegers(task.Path))
            return [];
        var inexact = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in numbers.Chunk(ColumnsAtOnce))
        {
            var texts = Relation(task.Path, form, Types(some.Select(column => (column.Name, AsItIs))));
            var counts = session.Counts($"select {string.Join(", ", some.Select(column => CountInexact($"{DuckDbSession.Identifier(column.Name)} ->> '$'")))} from {texts}", cancellationToken);
            inexact.UnionWith(some.Zip(counts).Where(column => column.Second > 0).Select(column => column.First.Name));
        }

        return inexact;
    }

    // None where a number has a fraction: the column is a quantity.
    private static string CountInexact(string text) =>
        $"case when bool_and(regexp_matches({text}, '^-?[0-9]+$')) then count(*) filter (cast(try_cast(cast({text} as double) as hugeint) as varchar) is distinct from {text}) else 0 end";

    // Infinite is what is too large for a float64. The error is only to stop: what a reader is told of it, JsonFault finds.
    private static SourceColumn Finite(SourceColumn column) => column.Type == StoredType.Real
        ? column with { Stored = $"case when isinf({column.Stored}) then error('infinite') else {column.Stored} end" }
        : column;

    /// <summary>DuckDB calls a column otherwise where its name is empty or differs from another's only in case, and then finds no values of that name.</summary>
    private static void CheckNames(DuckDbSession session, string path, DatasetFormat form, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (!names.Any(name => GivenName().IsMatch(name)))
            return;
        var keys = session.Rows(string.Create(CultureInfo.InvariantCulture,
            $"select distinct unnest(json_keys(json)) from read_json_objects({DuckDbSession.Literal(path)}, format = '{Name(form)}', maximum_object_size = {MaxRecordBytes})"), cancellationToken)
            .ConvertAll(row => (string)row[0]!);
        ColumnNames.Check(keys);
        if (keys.Contains(""))
            throw new InvalidDatasetException(1, null, "expected names of at least one character; a record has an empty one");
    }

    [GeneratedRegex(@"^C\d+$|_\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex GivenName();
}
