using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Training speed compared with the installed peers: the time in which each side comes within a relative gap of the optimum, over a range of tolerances on
/// both. The arrays of each problem are written once; then each side fits them in its own process, in turn, ours before and after the others. The gap of an
/// l1 path is the largest duality gap of a point, otherwise it is the distance from the least objective that any side found. Prints the table as Markdown,
/// and all figures as JSON.
/// </summary>
internal static class Comparison
{
    private const string Python = "/usr/bin/python3";

    private static readonly double[] Gaps = [1e-4, 1e-6, 1e-8];

    /// <summary>Of a softmax fit; at the smallest the sum of losses is within 2e-10 of its minimum.</summary>
    private static readonly string[] Tolerances = ["1", "0.1", "0.01", "0.001", "2e-5"];

    /// <param name="Name">For the table.</param>
    /// <param name="Write">Writes the arrays to a directory.</param>
    /// <param name="Shape">What each side gets after the directory: rows, columns, and perhaps classes.</param>
    /// <param name="Ours">Our measurements: the name of each, and what follows the shape.</param>
    /// <param name="Peers">Those of the peers: a program, a script or a measurement of ours, and what follows the shape.</param>
    private sealed record Problem(string Name, Action<string> Write, string[] Shape, string[][] Ours, string[][] Peers);

    private static readonly Problem[] Problems =
    [
        Ridge("1,000,000 × 28", 1_000_000, 28),
        Ridge("100,000 × 30", 100_000, 30),
        Ridge("20,000 × 500", 20_000, 500),
        Ridge("2,000 × 2,000", 2000, 2000),
        Softmax("100,000 × 30, 5 classes", directory => ProblemArrays.WriteClasses(directory, 100_000, 30, 5), "100000", "30", "5"),
        Softmax("Digits, 1,797 × 64, 10 classes", ProblemArrays.WriteDigits, "1797", "64", "10"),
        L1("500 × 20,000, l1 path", directory => ProblemArrays.WriteFewActive(directory, 500, 20_000, 50), "lambda_max/100", "500", "20000"),
        L1("500 × 60,000, l1 path", directory => ProblemArrays.WriteFewActive(directory, 500, 60_000, 50), "lambda_max/100", "500", "60000"),
        L1("100,000 × 200, l1 path", directory => ProblemArrays.WriteFewActive(directory, 100_000, 200, 20), "default", "100000", "200"),
        L1("Spambase, l1 path", directory => ProblemArrays.WriteSpambase(directory, ProblemArrays.Reference("spambase.csv")), "default", "4601", "57"),
        Text("20,000 × 200,000 sparse, l1 at three c", "100,1000,2800"),
        new(
            "200,000 × 100,000 sparse",
            directory => ProblemArrays.WriteSparse(directory, 200_000, 100_000, 20),
            ["200000", "100000"],
            [["sparse"]],
            [[Python, "fit_sklearn.py", "sparse"]]),
    ];

    /// <param name="args">Parts of the names of problems to measure; without these, all.</param>
    public static int Run(string[] args)
    {
        var results = new JsonArray();
        Console.WriteLine("| problem | gap | ours, s | its gap | of it reading | peak MB | fastest peer, s | its gap | times faster |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var problem in Problems.Where(problem => args.Length == 0 || args.Any(part => problem.Name.Contains(part, StringComparison.Ordinal))))
        {
            var directory = Directory.CreateTempSubdirectory("comparison").FullName;
            try
            {
                problem.Write(directory);
                var (ours, peers) = Measure(problem, directory);
                foreach (var gap in Gaps)
                    Console.WriteLine(Row(problem.Name, gap, ours, peers));
                results.Add(new JsonObject { ["problem"] = problem.Name, ["ours"] = new JsonArray([.. ours]), ["peers"] = new JsonArray([.. peers]) });
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        Console.WriteLine();
        Console.WriteLine(results.ToJsonString());
        return 0;
    }

    /// <summary>A dense l2 fit of two classes.</summary>
    private static Problem Ridge(string name, int rows, int columns) => new(
        name,
        directory => ProblemArrays.WriteDense(directory, rows, columns),
        [rows.ToString(CultureInfo.InvariantCulture), columns.ToString(CultureInfo.InvariantCulture)],
        [["gaps"]],
        [[Python, "fit_sklearn.py", "gaps"], ["mlnet"]]);

    private static Problem Softmax(string name, Action<string> write, params string[] shape) => new(
        name, write, shape, [.. Tolerances.Select(tolerance => (string[])["multinomial", "auto", "0", tolerance])], [[Python, "fit_sklearn.py"]]);

    private static Problem L1(string name, Action<string> write, string grid, params string[] shape) =>
        new(name, write, shape, [["path", "--grid", grid]], [["Rscript", "path_glmnet.R", grid]]);

    private static Problem Text(string name, string shares) => new(
        name,
        directory => ProblemArrays.WriteText(directory, 20_000, 200_000, 50),
        ["20000", "200000"],
        [["path", "--sparse", "--shares", shares]],
        [[Python, "fit_sklearn.py", "text", shares]]);

    private static (List<JsonObject> Ours, List<JsonObject> Peers) Measure(Problem problem, string directory)
    {
        string[] shape = [directory, .. problem.Shape];
        List<JsonObject> Ours() => [.. problem.Ours.SelectMany(of => Attempts(Environment.ProcessPath!, [of[0], .. shape, .. of[1..]]))];
        var ours = Ours();
        List<JsonObject> peers = [.. problem.Peers.SelectMany(of => of.Length == 1
            ? Attempts(Environment.ProcessPath!, [of[0], .. shape])
            : Attempts(of[0], [Peer(of[1]), .. shape, .. of[2..]]))];
        foreach (var (first, second) in ours.Zip(Ours()))
        {
            first["seconds"] = (Number(first, "seconds") + Number(second, "seconds")) / 2;
            if (first["reading"] is not null)
                first["reading"] = Math.Min(Number(first, "reading"), Number(second, "reading"));
        }
        List<JsonObject> all = [.. ours, .. peers];
        if (all.TrueForAll(attempt => attempt["gap"] is not null))
            return (ours, peers);
        var least = all.Min(attempt => Number(attempt, "objective"));
        foreach (var attempt in all)
            attempt["gap"] = (Number(attempt, "objective") - least) / least;
        return (ours, peers);
    }

    /// <summary>What a program printed: each line is a fit with its time and its gap or objective, or has several in <c>times</c>.</summary>
    private static IEnumerable<JsonObject> Attempts(string program, string[] arguments) => Lines(program, arguments)
        .SelectMany(line => line["times"] is JsonArray times
            ? times.Select(attempt => With(attempt!.DeepClone().AsObject(), "peakMegabytes", line["megabytes"]))
            : [line]);

    private static JsonObject With(JsonObject attempt, string name, JsonNode? value)
    {
        attempt[name] = value?.DeepClone();
        return attempt;
    }

    private static string Row(string name, double gap, List<JsonObject> ours, List<JsonObject> peers)
    {
        JsonObject? Fastest(List<JsonObject> attempts) => attempts.Where(attempt => Number(attempt, "gap") <= gap).MinBy(attempt => Number(attempt, "seconds"));
        var (our, their) = (Fastest(ours), Fastest(peers));
        var start = FormattableString.Invariant($"| {name} | {gap:0e+0} | ");
        if (our is null)
            return start + "not reached | | | | | | |";
        var peak = our["peakMegabytes"] is { } megabytes ? FormattableString.Invariant($"{(double)megabytes:F0}") : "";
        var reading = our["reading"] is { } read ? FormattableString.Invariant($"{(double)read / Number(our, "seconds"):P0}") : "";
        return start + FormattableString.Invariant($"{Number(our, "seconds"):F4} | {Number(our, "gap"):0e+0} | {reading} | {peak} | ")
            + (their is null
                ? "none | | |"
                : FormattableString.Invariant($"{Number(their, "seconds"):F4} ({(string)their["peer"]!} {(string?)their["solver"]}) | ")
                    + FormattableString.Invariant($"{Number(their, "gap"):0e+0} | {Number(their, "seconds") / Number(our, "seconds"):F1} |"));
    }

    private static double Number(JsonObject line, string name) => (double)line[name]!;

    public static string Peer(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    /// <summary>The JSON lines that a program prints; none if it is not installed.</summary>
    public static List<JsonObject> Lines(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        // The peer runs with its default settings: variables set for other processes must not tune its BLAS.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        try
        {
            using var process = Process.Start(start)!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return [.. lines.Select(line => JsonSerializer.Deserialize<JsonObject>(line)!)];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }
}
