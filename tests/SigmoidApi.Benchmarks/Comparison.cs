using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Training speed compared with the installed peers. The arrays of each problem are generated and written once; then each side fits them in its own process, in
/// turn, ours before and after the others. Prints the table as Markdown, and all figures as JSON.
/// </summary>
internal static class Comparison
{
    /// <summary>The largest gap to the best objective with which a peer's fit counts.</summary>
    private const double PeerGap = 1e-8;

    private sealed record Problem(string Name, string Kind, int Rows, int Columns, Action<string> Write);

    /// <param name="args">SPAMBASE.csv, then parts of the names of problems to measure; without these, all.</param>
    public static int Run(string[] args)
    {
        var spambase = args.Length > 0 ? args[0] : "tests/SigmoidApi.Compute.Tests/Reference/spambase.csv";
        Problem[] problems =
        [
            new("1,000,000 × 28", "fit", 1_000_000, 28, directory => WriteDense(directory, 1_000_000, 28)),
            new("100,000 × 30", "fit", 100_000, 30, directory => WriteDense(directory, 100_000, 30)),
            new("20,000 × 500", "fit", 20_000, 500, directory => WriteDense(directory, 20_000, 500)),
            new("2,000 × 2,000", "fit", 2000, 2000, directory => WriteDense(directory, 2000, 2000)),
            new("Spambase, l1 path", "path", 4601, 57, directory => WriteSpambase(directory, spambase)),
            new("100,000 × 200, l1 path", "path", 100_000, 200, directory => WriteFewActive(directory, 100_000, 200, 20)),
            new("200,000 × 100,000, sparse", "sparse", 200_000, 100_000, directory => WriteSparse(directory, 200_000, 100_000, 20)),
        ];

        var results = new JsonArray();
        Console.WriteLine("| rows × columns | ours, s | gap | solver | peak MB | fastest peer, s | its gap | times faster | ML.NET, s | its gap |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        bool IsWanted(Problem problem) => args.Length < 2 || args[1..].Any(part => problem.Name.Contains(part, StringComparison.Ordinal));
        foreach (var problem in problems.Where(IsWanted))
        {
            var directory = Directory.CreateTempSubdirectory("comparison").FullName;
            try
            {
                problem.Write(directory);
                var result = Measure(problem, directory);
                Console.WriteLine(Row(problem, result));
                results.Add(result);
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

    private static JsonObject Measure(Problem problem, string directory)
    {
        string[] arguments = [directory, problem.Rows.ToString(CultureInfo.InvariantCulture), problem.Columns.ToString(CultureInfo.InvariantCulture)];
        var first = Lines(Environment.ProcessPath!, [problem.Kind, .. arguments]).Single();
        var peers = new JsonArray();
        foreach (var line in problem.Kind == "path"
            ? Lines("Rscript", [Peer("path_glmnet.R"), .. arguments])
            : Lines("/usr/bin/python3", [Peer("fit_sklearn.py"), .. arguments, .. problem.Kind == "sparse" ? ["sparse"] : Array.Empty<string>()]))
        {
            peers.Add(line);
        }

        if (problem.Kind == "fit")
            peers.Add(Lines(Environment.ProcessPath!, ["mlnet", .. arguments]).FirstOrDefault());
        var second = Lines(Environment.ProcessPath!, [problem.Kind, .. arguments]).Single();
        second["seconds"] = (Number(first, "seconds") + Number(second, "seconds")) / 2;
        return new JsonObject { ["problem"] = problem.Name, ["ours"] = second, ["peers"] = peers };
    }

    private static string Row(Problem problem, JsonObject result)
    {
        var ours = result["ours"]!.AsObject();
        var peers = result["peers"]!.AsArray().OfType<JsonObject>().ToArray();
        var best = peers.Append(ours).Min(line => Number(line, "objective"));
        double Gap(JsonObject line) => (Number(line, "objective") - best) / best;
        var fastest = peers.Where(line => (string?)line["peer"] != "ML.NET" && (problem.Kind == "path" || Gap(line) <= PeerGap))
            .MinBy(line => Number(line, "seconds"));
        var dotnet = peers.FirstOrDefault(line => (string?)line["peer"] == "ML.NET");
        var gap = ours["gap"] is { } dual ? (double)dual : Gap(ours);
        var peak = ours["peakMegabytes"] is { } megabytes ? $"{(double)megabytes:F0}" : "";
        var solver = (string?)ours["solver"] ?? "coordinate_descent";
        return FormattableString.Invariant($"| {problem.Name} | {Number(ours, "seconds"):F4} | {gap:0.0e+0} | {solver} | {peak} | ")
            + (fastest is null
                ? "not installed | | | "
                : FormattableString.Invariant($"{Number(fastest, "seconds"):F4} ({(string)fastest["peer"]!} {(string)fastest["solver"]!}) | ")
                    + FormattableString.Invariant($"{Gap(fastest):0.0e+0} | {Number(fastest, "seconds") / Number(ours, "seconds"):F1} | "))
            + (dotnet is null ? "| |" : FormattableString.Invariant($"{Number(dotnet, "seconds"):F3} | {Gap(dotnet):0.0e+0} |"));
    }

    private static double Number(JsonObject line, string name) => (double)line[name]!;

    private static string Peer(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    /// <summary>The JSON lines that a program prints; none if it is not installed.</summary>
    private static List<JsonObject> Lines(string program, string[] arguments)
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

    /// <summary>Correlated normal columns, X = N·(I + N/(2√d)), and a logistic model with an intercept of −1/2.</summary>
    private static void WriteDense(string directory, int rows, int columns)
    {
        var random = new Random(rows + columns);
        var mixing = Enumerable.Range(0, columns).Select(i => Enumerable.Range(0, columns)
            .Select(j => Normal(random) / Math.Sqrt(columns) * 0.5 + (i == j ? 1 : 0)).ToArray()).ToArray();
        var weights = Enumerable.Range(0, columns).Select(_ => Normal(random) / Math.Sqrt(columns) * 2).ToArray();
        Write(directory, rows, columns, -0.5, weights, random, (row, normals) =>
        {
            Array.Clear(row);
            for (var i = 0; i < columns; i++)
            {
                for (var j = 0; j < columns; j++)
                    row[j] += normals[i] * mixing[i][j];
            }
        });
    }

    /// <summary>Independent normal columns, of which only the first few have an effect.</summary>
    private static void WriteFewActive(string directory, int rows, int columns, int active)
    {
        var random = new Random(rows + columns);
        var weights = Enumerable.Range(0, columns).Select(j => j < active ? Normal(random) / 4 : 0).ToArray();
        Write(directory, rows, columns, 0, weights, random, (row, normals) => normals.CopyTo(row, 0));
    }

    private static void Write(string directory, int rows, int columns, double intercept, double[] weights, Random random, Action<double[], double[]> mix)
    {
        using var file = File.Create(Path.Combine(directory, "X.f64"));
        var (row, normals, labels) = (new double[columns], new double[columns], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                normals[j] = Normal(random);
            mix(row, normals);
            file.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            labels[i] = Label(random, intercept + row.Zip(weights, (x, w) => x * w).Sum());
        }

        WriteArray(directory, "y.f64", labels);
    }

    private static void WriteSpambase(string directory, string csv)
    {
        var lines = File.ReadLines(csv).Skip(1)
            .Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var columns = lines[0].Length - 1;
        var features = DesignMatrix.FromRows([.. lines.SelectMany(line => line[..^1])], lines.Length, columns);
        for (var j = 0; j < columns; j++)
        {
            var mean = lines.Average(line => line[j]);
            var deviation = Math.Sqrt(lines.Average(line => (line[j] - mean) * (line[j] - mean)));
            for (var i = 0; i < lines.Length; i++)
                features.Row(i)[j] = (features.Row(i)[j] - mean) / deviation;
        }

        WriteArray<double>(directory, "X.f64", [.. Enumerable.Range(0, lines.Length).SelectMany(i => features.Row(i).ToArray())]);
        WriteArray<double>(directory, "y.f64", [.. lines.Select(line => line[^1])]);
    }

    /// <summary>Ones in columns drawn by a power law, each column at most once in a row, as in one-hot encodings and bags of words.</summary>
    private static void WriteSparse(string directory, int rows, int columns, int entries)
    {
        var random = new Random(rows);
        var weights = Enumerable.Range(0, columns).Select(_ => 0.7 * Normal(random)).ToArray();
        var (starts, indices, labels) = (new long[rows + 1], new List<int>(), new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            var row = Enumerable.Range(0, entries).Select(_ => (int)(columns * Math.Pow(random.NextDouble(), 3))).Distinct().Order().ToArray();
            indices.AddRange(row);
            starts[i + 1] = indices.Count;
            labels[i] = Label(random, row.Sum(column => weights[column]));
        }

        WriteArray(directory, "indptr.i64", starts);
        WriteArray<int>(directory, "indices.i32", [.. indices]);
        WriteArray<double>(directory, "data.f64", [.. indices.Select(_ => 1.0)]);
        WriteArray(directory, "y.f64", labels);
    }

    private static void WriteArray<T>(string directory, string name, T[] values)
        where T : unmanaged
    {
        using var file = File.Create(Path.Combine(directory, name));
        file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static double Label(Random random, double margin) => random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;

    /// <summary>By the method of Box and Muller.</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
