using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>
/// The other end of <see cref="WorkerProcess"/>: reads uploaded files for a service, one request after another from standard input, each answered on standard output.
/// A native library that a file crashes takes this process down, and not the service.
/// </summary>
internal static class WorkerMain
{
    /// <summary>The argument that makes the program this.</summary>
    public const string Verb = "dataset-worker";

    /// <summary>What the program is started with to be this: the bytes of memory that it may use, and those of a file that it may write.</summary>
    public static string[] Arguments(DatasetOptions options) =>
    [
        Verb,
        ((2L * options.MemoryMegabytes + options.WorkerOverheadMegabytes) * 1_000_000).ToString(CultureInfo.InvariantCulture),
        Math.Max(options.MaxWrittenBytes, options.MaxUploadBytes).ToString(CultureInfo.InvariantCulture),
    ];

    /// <param name="verbs">What the service may ask.</param>
    /// <param name="memoryBytes">The memory that the process may use.</param>
    /// <param name="fileBytes">The largest file that it may write.</param>
    public static int Run(IReadOnlyList<WorkerVerb> verbs, string memoryBytes, string fileBytes)
    {
        WorkerConfinement.Apply(ulong.Parse(memoryBytes, CultureInfo.InvariantCulture), ulong.Parse(fileBytes, CultureInfo.InvariantCulture));
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
        using var lines = TextWriter.Synchronized(output);
        var requests = Channel.CreateUnbounded<string>();
        // A service that dies in the middle of an import wants no file from it.
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
#pragma warning disable CA1031 // what it was goes into the service's log
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return TransientStorageErrors.AdviceFor(exception) is { } advice ? new(Trouble: new(advice, exception.GetBaseException().Message)) : new(Failed: exception.ToString());
        }
    }
}
