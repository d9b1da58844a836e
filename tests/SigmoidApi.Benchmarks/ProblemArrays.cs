using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Benchmarks;

/// <summary>The problems of the comparisons: features and labels as raw little-endian arrays, which the peers read too.</summary>
internal static class ProblemArrays
{
    /// <summary>Writes the arrays of an l1 problem, for a measurement of its own.</summary>
    /// <param name="args">DIR, then <c>few-active</c> ROWS COLUMNS ACTIVE, <c>text</c> ROWS COLUMNS ENTRIES [CLASSES], or <c>spambase</c> FILE.</param>
    public static int Run(string[] args)
    {
        Directory.CreateDirectory(args[0]);
        int[] numbers = args[1] == "spambase" ? [] : [.. args[2..].Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))];
        switch (args[1])
        {
            case "few-active": WriteFewActive(args[0], numbers[0], numbers[1], numbers[2]); break;
            case "text": WriteText(args[0], numbers[0], numbers[1], numbers[2], numbers.ElementAtOrDefault(3)); break;
            default: WriteSpambase(args[0], args[2]); break;
        }

        return 0;
    }

    /// <summary>Correlated normal columns, X = N·(I + N/(2√d)), and a logistic model with an intercept of −1/2.</summary>
    public static void WriteDense(string directory, int rows, int columns)
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

    /// <summary>Correlated normal columns, as in <see cref="WriteDense"/>, and a softmax model.</summary>
    public static void WriteClasses(string directory, int rows, int columns, int classes)
    {
        var random = new Random(rows + columns + classes);
        var mixing = Enumerable.Range(0, columns).Select(i => Enumerable.Range(0, columns)
            .Select(j => Normal(random) / Math.Sqrt(columns) * 0.5 + (i == j ? 1 : 0)).ToArray()).ToArray();
        WriteDrawn(directory, rows, columns, classes, 2 / Math.Sqrt(columns), random, row =>
        {
            var normals = Array.ConvertAll(row, _ => Normal(random));
            for (var j = 0; j < columns; j++)
                row[j] = normals.Select((normal, i) => normal * mixing[i][j]).Sum();
        });
    }

    /// <summary>The handwritten digits of the repository: whole numbers from 0 to 16, ten classes, nearly separable.</summary>
    public static void WriteDigits(string directory)
    {
        using var packed = File.OpenRead(Reference("digits.csv.gz"));
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var lines = Numbers(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        WriteArray<double>(directory, "X.f64", [.. lines.SelectMany(line => line[..^1])]);
        WriteArray<double>(directory, "y.f64", [.. lines.Select(line => line[^1])]);
    }

    /// <summary>Rows and classes drawn from a softmax model with normal weights.</summary>
    private static void WriteDrawn(string directory, int rows, int columns, int classes, double size, Random random, Action<double[]> fill)
    {
        var weights = Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, columns).Select(_ => size * Normal(random)).ToArray()).ToArray();
        using var file = File.Create(Path.Combine(directory, "X.f64"));
        var (row, labels) = (new double[columns], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            fill(row);
            file.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            double[] powers = [.. weights.Select(of => Math.Exp(row.Zip(of, (x, w) => x * w).Sum()))];
            var draw = random.NextDouble() * powers.Sum();
            while (labels[i] < classes - 1 && (draw -= powers[(int)labels[i]]) > 0)
                labels[i]++;
        }

        WriteArray(directory, "y.f64", labels);
    }

    /// <summary>Independent normal columns, of which only the first few have an effect.</summary>
    public static void WriteFewActive(string directory, int rows, int columns, int active)
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

    public static void WriteSpambase(string directory, string csv)
    {
        var lines = Numbers(File.ReadLines(csv));
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
    public static void WriteSparse(string directory, int rows, int columns, int entries)
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

    /// <summary>Weights of words: columns drawn by Zipf's law, each column at most once in a row; one word in ten has an effect.</summary>
    public static void WriteText(string directory, int rows, int columns, int entries, int classes = 0)
    {
        var random = new Random(rows);
        // Two classes are one vector against 0.
        double[][] weights =
        [
            .. Enumerable.Range(0, Math.Max(1, classes))
                .Select(_ => Enumerable.Range(0, columns).Select(_ => random.Next(10) == 0 ? 3 * Normal(random) : 0).ToArray()),
        ];
        var (starts, indices, values, labels) = (new long[rows + 1], new List<int>(), new List<double>(), new double[rows]);
        var row = new SortedSet<int>();
        for (var i = 0; i < rows; i++)
        {
            row.Clear();
            while (row.Count < entries)
                row.Add((int)Math.Exp(Math.Log(columns) * random.NextDouble()) - 1);
            var margins = new double[weights.Length];
            foreach (var column in row)
            {
                var value = 0.5 + random.NextDouble();
                indices.Add(column);
                values.Add(value);
                for (var k = 0; k < margins.Length; k++)
                    margins[k] += value * weights[k][column];
            }

            starts[i + 1] = indices.Count;
            // The greatest of margins with Gumbel noise is drawn from their softmax.
            labels[i] = classes == 0
                ? Label(random, margins[0])
                : Enumerable.Range(0, classes).MaxBy(k => margins[k] -= Math.Log(-Math.Log(1 - random.NextDouble())));
        }

        WriteArray(directory, "indptr.i64", starts);
        WriteArray<int>(directory, "indices.i32", [.. indices]);
        WriteArray<double>(directory, "data.f64", [.. values]);
        WriteArray(directory, "y.f64", labels);
    }

    /// <summary>A file of the tests' reference data.</summary>
    public static string Reference(string name) => Path.Combine(Peers.ProjectDirectory(), "..", "SigmoidApi.Compute.Tests", "Reference", name);

    /// <summary>The numbers of a CSV's rows, after its header.</summary>
    private static double[][] Numbers(IEnumerable<string> lines) =>
        [.. lines.Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];

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
