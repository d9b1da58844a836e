using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SigmoidApi.Compute.Decimals;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Nanoseconds per number for reading and writing JSON, ours and System.Text.Json's own arrays in turn, with the two bodies of the serving benchmark. The best
/// round is shown, because other load on the machine can only add time.
/// </summary>
public static class JsonNumbers
{
    private const int Rounds = 60;
    private static readonly JsonSerializerOptions Theirs = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    private static readonly JsonSerializerOptions Ours = Configured();

    public static int Run(string[] args)
    {
        var random = new Random(1);
        var probabilities = Enumerable.Range(0, 1000).Select(_ => random.NextDouble()).ToArray();
        // Like the columns of Spambase: most numbers are zero, the others have two or three digits.
        var rows = Enumerable.Range(0, 1000).Select(_ => Enumerable.Range(0, 57).Select(column => random.Next(10) switch
        {
            < 7 => 0,
            _ when column > 54 => random.Next(1, 1000),
            _ => Math.Round(random.NextDouble() * 5, 2),
        }).ToArray()).ToArray();

        var vectorText = JsonSerializer.SerializeToUtf8Bytes(probabilities, Theirs);
        var matrixText = JsonSerializer.SerializeToUtf8Bytes(rows, Theirs);
        var names = Enumerable.Range(0, 57).Select(i => $"word_freq_{i}").ToArray();
        var records = rows.Select(row => names.Zip(row).ToDictionary(p => p.First, p => p.Second)).ToArray();
        var recordsText = JsonSerializer.SerializeToUtf8Bytes(records, Theirs);
        using var matrix = Matrix.Of(rows.SelectMany(row => row).ToArray(), 1000, 57);

        Console.WriteLine($"{"",-36}{"ours",8}{"STJ",8}  ns a number");
        Compare("read 1,000 of 17 digits", 1000, 200, () => Read<double[]>(vectorText), () => JsonSerializer.Deserialize<double[]>(vectorText, Theirs));
        Compare("read 1,000 x 57 small", 57_000, 5, () => Read<Matrix>(matrixText), () => JsonSerializer.Deserialize<double[][]>(matrixText, Theirs));
        Compare("read 1,000 records x 57 small", 57_000, 5, () => Read<Records>(recordsText),
            () => JsonSerializer.Deserialize<Dictionary<string, double>[]>(recordsText, Theirs));
        Compare("write 1,000 of 17 digits", 1000, 200, () => JsonSerializer.SerializeToUtf8Bytes(probabilities, Ours),
            () => JsonSerializer.SerializeToUtf8Bytes(probabilities, Theirs));
        Compare("write 1,000 x 57 small", 57_000, 5, () => JsonSerializer.SerializeToUtf8Bytes(matrix, Ours),
            () => JsonSerializer.SerializeToUtf8Bytes(rows, Theirs));

        var texts = probabilities.Select(p => Encoding.UTF8.GetBytes(p.ToString("R", CultureInfo.InvariantCulture))).ToArray();
        var buffer = new byte[64];
        Compare("parse 17 digits, no array", 1000, 200, () => texts.Sum(t => DoubleParser.Parse(t, out var value) + value),
            () => texts.Sum(t => double.Parse(t, NumberStyles.Float, CultureInfo.InvariantCulture)));
        Compare("format 17 digits, no array", 1000, 200, () => probabilities.Sum(p => DoubleFormatter.Format(p, buffer)),
            () => probabilities.Sum(p => p.TryFormat(buffer, out var length, default, CultureInfo.InvariantCulture) ? length : 0));
        return 0;
    }

    private static JsonSerializerOptions Configured()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        JsonDefaults.Configure(options, new JsonLimits());
        return options;
    }

    private static T? Read<T>(byte[] utf8)
    {
        using var text = new JsonText(utf8);
        return JsonSerializer.DeserializeAsync(PipeReader.Create(text.From(0)), (JsonTypeInfo<T>)Ours.GetTypeInfo(typeof(T))).AsTask().Result;
    }

    private static void Compare<TOurs, TTheirs>(string name, int numbers, int repeats, Func<TOurs> ours, Func<TTheirs> theirs)
    {
        var (ourBest, theirBest) = (double.MaxValue, double.MaxValue);
        // Tiered compilation settles within the first rounds.
        for (var round = 0; round < Rounds; round++)
        {
            ourBest = Math.Min(ourBest, Time(ours, repeats) / numbers);
            theirBest = Math.Min(theirBest, Time(theirs, repeats) / numbers);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36}{ourBest,8:F1}{theirBest,8:F1}"));
    }

    private static double Time<T>(Func<T> action, int repeats)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeats;
    }
}
