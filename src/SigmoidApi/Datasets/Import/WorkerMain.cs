using System.Text;
using System.Threading.Channels;

namespace SigmoidApi.Datasets.Import;

/// <summary>
/// The other end of <see cref="WorkerProcess"/>: reads uploaded files for a service, one request after another from standard input, each answered on standard output.
/// A native library that a file crashes takes this process down, and not the service.
/// </summary>
internal static class WorkerMain
{
    /// <summary>The argument that makes the program this.</summary>
    public const string Verb = "dataset-worker";

    public static int Run()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
        var requests = Channel.CreateUnbounded<string>();
        // A service that dies in the middle of an import wants no file from it.
        new Thread(() =>
        {
            while (input.ReadLine() is { } line)
                requests.Writer.TryWrite(line);
            Environment.Exit(0);
        })
        { IsBackground = true, Name = "input" }.Start();
        while (true)
        {
            var request = WorkerMessages.Read<WorkerRequest>(requests.Reader.ReadAsync().AsTask().GetAwaiter().GetResult());
            output.WriteLine(WorkerMessages.Write(Answer(request)));
        }
    }

    private static WorkerReply Answer(WorkerRequest request)
    {
        try
        {
            return request switch
            {
                { Import: { } import } => new(Imported: DatasetImport.Run(import, CancellationToken.None)),
                { Predict: { } predict } => new(Predicted: FilePrediction.Run(predict, CancellationToken.None)),
                _ => new(Failed: "unknown request"),
            };
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
#pragma warning disable CA1031 // what it was goes into the service's log
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new(Failed: exception.ToString());
        }
    }
}
