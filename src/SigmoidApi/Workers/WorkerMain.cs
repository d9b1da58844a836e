using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>
/// The other end of <see cref="WorkerProcess"/>: reads uploaded files for a service. It takes one request after another from standard input, and answers on
/// standard output. If a file crashes a native library, this process ends, not the service.
/// </summary>
internal static class WorkerMain
{
    /// <summary>The command-line argument that starts the program as a worker.</summary>
    public const string Verb = "dataset-worker";

    /// <summary>The command line of a worker: the bytes of memory that it may use, and of the largest file that it may write.</summary>
    public static string[] Arguments(DatasetOptions options) =>
    [
        Verb,
        ((2L * options.MemoryMegabytes + options.WorkerOverheadMegabytes) * 1_000_000).ToString(CultureInfo.InvariantCulture),
        Math.Max(options.MaxWrittenBytes, options.MaxUploadBytes).ToString(CultureInfo.InvariantCulture),
    ];

    /// <param name="verbs">The verbs that the service may request.</param>
    /// <param name="memoryBytes">The memory that the process may use.</param>
    /// <param name="fileBytes">The largest file that it may write.</param>
    public static int Run(IReadOnlyList<WorkerVerb> verbs, string memoryBytes, string fileBytes)
    {
        WorkerConfinement.Apply(ulong.Parse(memoryBytes, CultureInfo.InvariantCulture), ulong.Parse(fileBytes, CultureInfo.InvariantCulture));
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
        using var lines = TextWriter.Synchronized(output);
        var requests = Channel.CreateUnbounded<string>();
        // The end of the input means that the service has ended. Then a running import must not write its file.
        new Thread(() =>
        {
            while (input.ReadLine() is { } line)
                requests.Writer.TryWrite(line);
            WorkerConfinement.End();
        })
        { IsBackground = true, Name = "input" }.Start();
        while (true)
        {
            var request = WorkerMessages.Read<WorkerRequest>(requests.Reader.ReadAsync().AsTask().GetAwaiter().GetResult());
            var (file, run) = verbs.Single(verb => verb.Name == request.Verb).Read(request.Task);
            WorkerReply reply;
            using (new ProgressReports(lines, file.Progress))
                reply = Answer(run);
            lines.WriteLine(WorkerMessages.Write(reply));
        }
    }

    private static WorkerReply Answer(Func<CancellationToken, JsonElement> run)
    {
        try
        {
            return new(Answer: run(CancellationToken.None));
        }
        catch (InvalidDatasetException invalid)
        {
            return new(Invalid: new(invalid.Errors, invalid.ErrorCount));
        }
        catch (MissingColumnsException missing)
        {
            return new(MissingColumns: missing.Columns);
        }
        catch (DatasetTooLargeException large)
        {
            return new(TooLarge: large.Message);
        }
        catch (OutOfMemoryException)
        {
            return new(TooLarge: "Reading the file needs more memory than it may use (Datasets:MemoryMegabytes).");
        }
#pragma warning disable CA1031 // the service logs the exception
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return TransientStorageErrors.AdviceFor(exception) is { } advice
                ? new(Trouble: new(advice, exception.GetBaseException().Message))
                : new(Failed: exception.ToString());
        }
    }
}
