using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// What an upload costs: <c>dotnet run -c Release --project tests/SigmoidApi.Benchmarks -- upload-memory [megabytes] [columns]</c> makes a CSV file of that size
/// (200 and 28), imports it and reads it back as a matrix; prints the times, and the peak of resident memory (VmHWM) before and after the import.
/// The peak may rise by at most 100 MB above DuckDB's own limit.
/// </summary>
internal static class UploadMemory
{
    public static async Task<int> RunAsync(string[] args)
    {
        var bytes = (args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 200) * 1_000_000;
        var columns = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 28;
        var directory = Directory.CreateTempSubdirectory("upload-memory-").FullName;
        try
        {
            var csv = Path.Combine(directory, "generated.csv");
            await GenerateAsync(csv, bytes, columns);
            var options = Options.Create(new DatasetOptions());
            var files = new DatasetFiles(directory);
            using var engine = new DatasetEngine(files, options);
            GC.Collect();
            var before = PeakMegabytes();

            var clock = Stopwatch.StartNew();
            await using var body = File.OpenRead(csv);
            using var upload = await files.ReceiveAsync(Guid.CreateVersion7(), body, options.Value.MaxUploadBytes, CancellationToken.None);
            var received = clock.Elapsed;
            var dataset = await engine.ImportCsvAsync(upload, CancellationToken.None);
            files.Publish(upload);
            var imported = clock.Elapsed;
            var after = PeakMegabytes();
            string[] names = [.. dataset.Columns.Select(column => column.Name)];
            var matrix = engine.ReadMatrix(upload.Id, names[1..], [names[0]], CancellationToken.None).Features;
            var read = clock.Elapsed - imported;

            var rise = after - before;
            var allowed = options.Value.DuckDbMemoryMegabytes + 100;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"""
                file            {new FileInfo(csv).Length / 1e6:F0} MB, {dataset.Rows} rows of {columns} columns
                received        {received.TotalSeconds:F2} s
                imported        {(imported - received).TotalSeconds:F2} s, {new FileInfo(files.ParquetPath(upload.Id)).Length / 1e6:F0} MB of Parquet
                read            {read.TotalSeconds:F2} s, {matrix.Rows} x {matrix.Columns}
                peak memory     {before:F0} MB before the upload, {after:F0} MB after it: {rise:F0} MB more, {allowed} MB allowed
                """));
            return rise <= allowed ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task GenerateAsync(string path, long bytes, int columns)
    {
        var random = new Random(1);
        await using var writer = new StreamWriter(path);
        await writer.WriteLineAsync(string.Join(',', Enumerable.Range(0, columns).Select(i => $"x{i}")));
        var row = new char[columns * 26];
        for (long written = 0; written < bytes;)
        {
            var length = 0;
            for (var i = 0; i < columns; i++)
            {
                random.NextDouble().TryFormat(row.AsSpan(length), out var cell, default, CultureInfo.InvariantCulture);
                length += cell;
                row[length++] = i == columns - 1 ? '\n' : ',';
            }

            await writer.WriteAsync(row.AsMemory(0, length));
            written += length;
        }
    }

    private static double PeakMegabytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))[6..^3].Trim(), CultureInfo.InvariantCulture)
            * 1024 / 1e6;
}
